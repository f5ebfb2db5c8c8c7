import type { ReactElement, ReactNode } from 'react';
import { Badge, classNames, plainWords, Quantity } from '../../ui/index.js';

export interface SumStep {
  readonly key: string;
  readonly label: ReactNode;
  readonly detail?: ReactNode;
  readonly badge?: string;
  /** Where the sum stands after the step. */
  readonly value: number;
  /** By which the step changes it; where `kind` is `change`. */
  readonly change?: number;
  readonly kind: 'start' | 'change' | 'end';
}

/** A sum, explained line by line, as on a receipt. */
export function SumSteps({
  label,
  steps,
}: {
  readonly label: string;
  readonly steps: readonly SumStep[];
}): ReactElement {
  return (
    <table className="sum-steps">
      <caption className="visually-hidden">{label}</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Change</th>
          <th scope="col">Then</th>
        </tr>
      </thead>
      <tbody>
        {steps.map((step) => (
          <tr key={step.key} className={classNames('sum-step', `sum-step-${step.kind}`)}>
            <th scope="row">
              <span className="row">
                {step.label}
                {step.badge !== undefined && <Badge>{plainWords(step.badge)}</Badge>}
              </span>
              {step.detail !== undefined && <span className="sum-detail">{step.detail}</span>}
            </th>
            <td className="number">
              {step.kind === 'change' && <Quantity value={step.change ?? 0} signed quietZero />}
            </td>
            <td className="number">
              <Quantity value={step.value} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
