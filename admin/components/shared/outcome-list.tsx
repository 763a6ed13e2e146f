/** What became of each record that an action was asked for. */

import { MessageBox } from '@adminjs/design-system';
import type { ReactElement } from 'react';
import { recordUrl } from './api.js';
import { InnerLink } from './inner-link.js';

/** The outcome for one record, in words. */
export interface Outcome {
  id: number;
  title: string;
  isDone: boolean;
  message: string;
}

/** One line for each record, the refused ones marked. */
export function OutcomeList({
  outcomes,
  resourceId,
}: {
  outcomes: Outcome[];
  resourceId: string;
}): ReactElement {
  const refused = outcomes.filter(({ isDone }) => !isDone).length;
  const summary = refused === 0 ? 'Done.' : `${refused} of ${outcomes.length} could not be done.`;
  return (
    <div className="drs-stack" data-testid="outcomes">
      <MessageBox variant={refused === 0 ? 'success' : 'danger'} message={summary} />
      <ul className="drs-rows">
        {outcomes.map(({ id, title, isDone, message }) => (
          <li key={id} data-outcome={isDone ? 'done' : 'refused'}>
            <InnerLink to={recordUrl(resourceId, id)}>{title}</InnerLink>
            {': '}
            {message}
          </li>
        ))}
      </ul>
    </div>
  );
}
