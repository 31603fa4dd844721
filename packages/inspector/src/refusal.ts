/** What the inspector answers when it does not do as asked. */

const REFUSALS = {
  INSPECTOR_BAD_INPUT: [400, 'A field is missing, or cannot be read.'],
  INSPECTOR_UNAUTHORIZED: [403, 'You may not see this page.'],
  INSPECTOR_LOOPBACK_ONLY: [
    403,
    'Without "authorize" this page is served to this machine only, and not through a proxy.'
  ],
  INSPECTOR_CROSS_SITE: [403, 'The request came from another site.'],
  INSPECTOR_FORM_EXPIRED: [403, 'The form is too old. Load the page again.'],
  INSPECTOR_NOT_FOUND: [404, 'There is nothing here.'],
  INSPECTOR_NOT_SUPPORTED: [404, 'The storage adapter cannot do this.'],
  INSPECTOR_METHOD_NOT_ALLOWED: [405, 'This method is not served here.'],
  INSPECTOR_BODY_TOO_LARGE: [413, 'The form is too large.'],
  INSPECTOR_AUTHORIZE_FAILED: [500, '"authorize" threw or rejected.'],
  INSPECTOR_AUDIT_FAILED: [500, '"onAudit" threw or rejected, so nothing was done.'],
  INSPECTOR_INTERNAL: [500, 'The inspector has a bug. Please report it.'],
  INSPECTOR_BUSY: [503, 'Too many are looking at once. Try again in a moment.'],
  INSPECTOR_STORE_FAILED: [503, 'The store failed.']
} as const satisfies Record<string, readonly [status: number, message: string]>

/** A stable code of an answer. */
export type RefusalCode = keyof typeof REFUSALS

/** A refusal, with the status and the text it is answered with. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  readonly status: number
  /** Which field, where one is to blame. */
  readonly field: string | undefined

  constructor(code: RefusalCode, options: { readonly cause?: unknown; readonly field?: string } = {}) {
    super(REFUSALS[code][1], 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.status = REFUSALS[code][0]
    this.field = options.field
  }
}

/** Calls the store, and tells its failure as a refusal. */
export const fromStore = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call()
  } catch (cause) {
    throw cause instanceof Refusal ? cause : new Refusal('INSPECTOR_STORE_FAILED', { cause })
  }
}
