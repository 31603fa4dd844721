/** Renders decoding errors as paths and expectations. Never a value: io-ts's own reporter prints them. */
import type * as t from 'io-ts'
import type { DecodeFailure } from '../storage/quarantine'

/** Keys are the names of known fields, or indices: a path holds nothing of the payload. */
const renderPath = (context: t.Context): string =>
  context
    .map(({ key }) => (/^\d+$/.test(key) ? `[${key}]` : key))
    .filter((key) => key !== '')
    .join('.')
    .replaceAll('.[', '[')

/**
 * @returns one failure an error: `data.epochData[3].startTimestamp`, and what was expected there.
 */
export const renderFailures = (errors: t.Errors): DecodeFailure[] =>
  errors.map((error) => ({
    path: renderPath(error.context),
    expected: error.message ?? error.context.at(-1)?.type.name ?? 'something else'
  }))
