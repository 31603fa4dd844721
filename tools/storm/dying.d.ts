import type { StorageAdapter } from '@thryve-webhook/middleware'

/** The steps of a delivery's way at which a process can be made to die. */
export const steps: readonly string[]

/** The adapter, deadly at one step; unchanged where none is given. */
export function dying<A extends StorageAdapter>(adapter: A, step: string | undefined): A
