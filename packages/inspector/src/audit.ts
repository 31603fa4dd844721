/** Accounts for what a person does, before it is done. */
import type { Principal } from './access'
import type { AuditEvent, InspectorSettings } from './options'
import { Refusal } from './refusal'

/** What is told, without who and when. */
export type AuditedAction = Pick<AuditEvent, 'action' | 'endUserId' | 'deliveryId'>

/**
 * Tells `onAudit`, then the log. The log is not told whose records they are.
 *
 * @throws Refusal `INSPECTOR_AUDIT_FAILED`: what is not accounted for is not done.
 */
export const audit = async (
  { onAudit, logger }: InspectorSettings,
  { name: principal }: Principal,
  audited: AuditedAction
): Promise<void> => {
  const who = principal === undefined ? {} : { principal }
  try {
    await onAudit?.({ ...audited, ...who, at: new Date() })
  } catch (cause) {
    throw new Refusal('INSPECTOR_AUDIT_FAILED', { cause })
  }
  const { endUserId: _endUserId, ...logged } = audited
  logger.warn({ ...logged, ...who }, 'An action in the inspector.')
}
