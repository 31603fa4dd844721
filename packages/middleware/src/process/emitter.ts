/** Listeners by event name, pattern or signal. None can hurt another, nor the process. */
import { optionError, ThryveError } from '../errors'
import type { DeliveryContext, EventName, ThryveEvent } from '../events'
import { eventNames } from '../events'
import type { Settings } from '../options/options'
import type { Listener, ListenerName, SignalMap, SignalName } from '../signals'

const SIGNALS: readonly SignalName[] = [
  'stored',
  'quarantined',
  'quarantine-overflow',
  'rejected',
  'answered',
  'processed',
  'health',
  'error',
  'degraded-identity'
]

const patternsOf = (name: string): string[] => {
  const parts = name.split('.')
  return ['*', ...parts.slice(0, -1).map((_, index) => `${parts.slice(0, index + 1).join('.')}.*`), name]
}

/** Of each event, the names its listeners are attached to, the widest first. */
const PATTERNS: ReadonlyMap<EventName, readonly string[]> = new Map(eventNames.map((name) => [name, patternsOf(name)]))

const NOBODY: readonly never[] = []

/** Every name a listener can be attached to. A name beyond is a typing error that would wait for ever. */
const NAMES: ReadonlySet<string> = new Set([...SIGNALS, ...eventNames.flatMap(patternsOf)])

const isThenable = (result: unknown): result is PromiseLike<unknown> =>
  typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function'

type AnyListener = (argument: never) => unknown

/** What the emitter needs of the settings. */
export type EmitterSettings = Pick<Settings, 'listenerTimeoutMs' | 'logger' | 'clock'>

/** Attaches listeners, and calls them. */
export interface Emitter {
  on<Name extends ListenerName>(name: Name, listener: Listener<Name>): void
  once<Name extends ListenerName>(name: Name, listener: Listener<Name>): void
  off<Name extends ListenerName>(name: Name, listener: Listener<Name>): void
  /** Tells a signal. Its listeners are called at once and not awaited. */
  signal<Name extends SignalName>(name: Name, argument: SignalMap[Name]): void
  /** Hands an event to all its listeners and waits for them. @returns the errors of those that failed. */
  emit(event: ThryveEvent & DeliveryContext): Promise<readonly ThryveError[]>
}

/** Sees every signal before its listeners do, at no cost of a listener. It must not throw. */
export type SignalWatcher = <Name extends SignalName>(name: Name, argument: SignalMap[Name]) => void

/** Makes an emitter. */
export const createEmitter = (
  { listenerTimeoutMs, logger, clock }: EmitterSettings,
  watch: SignalWatcher = () => {}
): Emitter => {
  const listeners = new Map<string, { readonly listener: AnyListener; readonly isOnce: boolean }[]>()

  const add = (name: string, listener: AnyListener, isOnce: boolean): void => {
    if (!NAMES.has(name)) throw optionError(name, `is no event; use one of ${[...NAMES].join(', ')}`)
    if (typeof listener !== 'function') throw optionError(name, 'needs a function as its listener')
    listeners.set(name, [...(listeners.get(name) ?? []), { listener, isOnce }])
  }

  const remove = (name: string, listener: AnyListener): void => {
    const attached = listeners.get(name) ?? []
    const index = attached.findIndex((candidate) => candidate.listener === listener)
    listeners.set(
      name,
      attached.filter((_, at) => at !== index)
    )
  }

  /** The listeners to call now; those attached with `once` are spent by it. */
  const take = (name: string): readonly AnyListener[] => {
    const attached = listeners.get(name)
    if (attached === undefined) return NOBODY
    if (attached.some(({ isOnce }) => isOnce))
      listeners.set(
        name,
        attached.filter(({ isOnce }) => !isOnce)
      )
    return attached.map(({ listener }) => listener)
  }

  const signal = <Name extends SignalName>(name: Name, argument: SignalMap[Name]): void => {
    watch(name, argument)
    if (!listeners.has(name) && name !== 'error') return
    const attached = take(name)
    if (name === 'error' && attached.length === 0) {
      const { code, reason } = argument as ThryveError
      logger.error({ code, reason }, (argument as ThryveError).message)
    }
    const tell = (error: ThryveError | undefined): void => {
      if (error !== undefined && name !== 'error') signal('error', error)
      else if (error !== undefined) logger.error({ code: error.code }, error.message)
    }
    for (const listener of attached) {
      const outcome = call(listener, argument)
      if (outcome instanceof Promise) void outcome.then(tell)
      else tell(outcome)
    }
  }

  const inTime = async (pending: PromiseLike<unknown>): Promise<ThryveError | undefined> => {
    let cancel = (): void => {}
    const timeout = new Promise<ThryveError>((resolve) => {
      cancel = clock.after(listenerTimeoutMs, () => resolve(new ThryveError('THRYVE_LISTENER_TIMEOUT')))
    })
    try {
      return await Promise.race([Promise.resolve(pending).then(() => undefined), timeout])
    } catch (cause) {
      return new ThryveError('THRYVE_LISTENER_FAILED', { cause })
    } finally {
      cancel()
    }
  }

  /** A listener that is done when it returns needs no timer, and most of signals are. */
  const call = (
    listener: AnyListener,
    argument: unknown
  ): Promise<ThryveError | undefined> | ThryveError | undefined => {
    try {
      const result = (listener as (argument: unknown) => unknown)(argument)
      return isThenable(result) ? inTime(result) : undefined
    } catch (cause) {
      return new ThryveError('THRYVE_LISTENER_FAILED', { cause })
    }
  }

  return {
    on: (name, listener) => add(name, listener as AnyListener, false),
    once: (name, listener) => add(name, listener as AnyListener, true),
    off: (name, listener) => remove(name, listener as AnyListener),
    signal,
    emit: async (event) => {
      const attached = (PATTERNS.get(event.type) ?? NOBODY).flatMap(take)
      if (attached.length === 0) return NOBODY
      const results = await Promise.all(attached.map((listener) => call(listener, event)))
      const errors = results.filter((error) => error !== undefined)
      for (const error of errors) signal('error', error)
      return errors
    }
  }
}
