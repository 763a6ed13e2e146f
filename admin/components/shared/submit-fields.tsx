/** How a job runs: time limit, what happens to its output, which files come back. */

import { Input, TextArea } from '@adminjs/design-system';
import type { ChangeEvent, ReactElement } from 'react';
import { Field } from './field.js';

/** What the person chose; blank means "as each job says". */
export interface RunChoices {
  timeoutSeconds: string;
  logPolicy: '' | 'live' | 'total' | 'none';
  results: '' | 'none' | 'patterns';
  patterns: string;
  isLocal: boolean;
}

export const emptyRunChoices: RunChoices = {
  timeoutSeconds: '',
  logPolicy: '',
  results: '',
  patterns: '',
  isLocal: false,
};

/** The part of a request that says how the job runs. */
export function runData(choices: RunChoices): Record<string, unknown> {
  const patterns = choices.patterns
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return {
    ...(choices.timeoutSeconds === ''
      ? {}
      : { timeoutMs: Math.round(Number(choices.timeoutSeconds) * 1000) }),
    ...(choices.logPolicy === '' ? {} : { logPolicy: choices.logPolicy }),
    ...(choices.results === '' ? {} : { storeResults: choices.results === 'none' ? [] : patterns }),
    ...(choices.isLocal ? { remote: false } : {}),
  };
}

interface Props {
  value: RunChoices;
  onChange: (value: RunChoices) => void;
  allowLocal: boolean;
}

/** The fields for it. */
export function SubmitFields({ value, onChange, allowLocal }: Props): ReactElement {
  const set = (change: Partial<RunChoices>): void => onChange({ ...value, ...change });
  return (
    <>
      <Field
        id="drs-timeout"
        label="Time limit in seconds"
        help="Blank: as each job says. The program is ended after it."
      >
        <Input
          id="drs-timeout"
          type="number"
          min="0.001"
          step="any"
          width={1}
          value={value.timeoutSeconds}
          onChange={(event: ChangeEvent<HTMLInputElement>) => set({ timeoutSeconds: event.target.value })}
        />
      </Field>
      <OutputField value={value} set={set} />
      <ResultFields value={value} set={set} />
      {allowLocal ? (
        <label className="drs-choice">
          <input
            type="checkbox"
            checked={value.isLocal}
            onChange={(event) => set({ isLocal: event.target.checked })}
          />
          Run on this machine instead of the server
        </label>
      ) : null}
    </>
  );
}

interface PartProps {
  value: RunChoices;
  set: (change: Partial<RunChoices>) => void;
}

function OutputField({ value, set }: PartProps): ReactElement {
  return (
    <Field id="drs-log-policy" label="Output" help="What happens to what the program prints.">
      <select
        id="drs-log-policy"
        className="drs-select"
        value={value.logPolicy}
        onChange={(event) => set({ logPolicy: event.target.value as RunChoices['logPolicy'] })}
      >
        <option value="">as each job says</option>
        <option value="live">shown live, line by line</option>
        <option value="total">stored once, after the end</option>
        <option value="none">not stored</option>
      </select>
    </Field>
  );
}

function ResultFields({ value, set }: PartProps): ReactElement {
  return (
    <>
      <Field
        id="drs-results"
        label="Result files"
        help="Which of the files that it makes or changes come back."
      >
        <select
          id="drs-results"
          className="drs-select"
          value={value.results}
          onChange={(event) => set({ results: event.target.value as RunChoices['results'] })}
        >
          <option value="">as each job says</option>
          <option value="patterns">those that match patterns</option>
          <option value="none">none</option>
        </select>
      </Field>
      {value.results === 'patterns' ? (
        <Field
          id="drs-patterns"
          label="Patterns"
          help="One a line, read in order; the last that matches decides. A leading ! leaves files out: *, then !*.tmp"
        >
          <TextArea
            id="drs-patterns"
            className="drs-code"
            width={1}
            rows={4}
            required
            value={value.patterns}
            onChange={(event: ChangeEvent<HTMLTextAreaElement>) => set({ patterns: event.target.value })}
          />
        </Field>
      ) : null}
    </>
  );
}
