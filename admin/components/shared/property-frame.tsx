/** The frame of a property, as AdminJS draws it: a label with its help, the field, and what is wrong. */

import { FormGroup, FormMessage, ValueGroup } from '@adminjs/design-system';
import { PropertyLabel, useTranslation, type BasePropertyProps } from 'adminjs';
import type { ReactElement, ReactNode } from 'react';
import { addStyles } from './styles.js';

// All components are in one script, and this one brings the styles of all.
addStyles();

/** Around an input in a form. */
export function EditFrame({
  property,
  record,
  children,
}: BasePropertyProps & { children: ReactNode }): ReactElement {
  const error = record?.errors[property.path];
  return (
    <FormGroup error={Boolean(error)}>
      <PropertyLabel property={property} />
      {children}
      <FormMessage>{error?.message}</FormMessage>
    </FormGroup>
  );
}

/** Around a value on a page; in a list the value stands alone. */
export function ValueFrame({
  property,
  where,
  children,
}: BasePropertyProps & { children: ReactNode }): ReactElement {
  const { translateProperty } = useTranslation();
  if (where === 'list') return <>{children}</>;
  return <ValueGroup label={translateProperty(property.label, property.resourceId)}>{children}</ValueGroup>;
}
