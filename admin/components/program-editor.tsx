/** A field for a program: fixed width, and the Tab key writes a tab. */

import { TextArea } from '@adminjs/design-system';
import type { EditPropertyProps } from 'adminjs';
import { useRef, type ChangeEvent, type KeyboardEvent, type ReactElement } from 'react';
import { EditFrame } from './shared/property-frame.js';

export default function ProgramEditor(props: EditPropertyProps): ReactElement {
  const { property, record, onChange } = props;
  const text = String(record.params[property.path] ?? '');
  // Escape, then Tab, leaves the field, so that a keyboard alone gets on.
  const leaves = useRef(false);

  const handleKey = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    const isTab = event.key === 'Tab' && !event.shiftKey && !leaves.current;
    leaves.current = event.key === 'Escape';
    if (!isTab) return;
    event.preventDefault();
    const area = event.currentTarget;
    area.setRangeText('\t', area.selectionStart, area.selectionEnd, 'end');
    onChange(property.path, area.value);
  };

  return (
    <EditFrame {...props}>
      <TextArea
        id={property.path}
        name={property.path}
        className="drs-code"
        rows={Math.min(24, Math.max(10, text.split('\n').length + 1))}
        width={1}
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        value={text}
        onKeyDown={handleKey}
        onChange={(event: ChangeEvent<HTMLTextAreaElement>) => onChange(property.path, event.target.value)}
      />
    </EditFrame>
  );
}
