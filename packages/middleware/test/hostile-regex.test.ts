import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { createContext, Script } from 'node:vm'
import { createSourceFile, forEachChild, isRegularExpressionLiteral, type Node, ScriptTarget } from 'typescript'

const SOURCES = join(__dirname, '../src')

const literalsIn = (file: string): string[] => {
  const found: string[] = []
  const visit = (node: Node): void => {
    if (isRegularExpressionLiteral(node)) found.push(node.text)
    forEachChild(node, visit)
  }
  visit(createSourceFile(file, readFileSync(file, 'utf8'), ScriptTarget.ESNext))
  return found
}

const literals = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) => literalsIn(join(SOURCES, name)).map((literal) => [relative('.', name), literal] as const))

const MOST_GROWTH = 100

/** What each pattern of the code repeats, and what may come before it. */
const UNITS = ['0', 'a', 'A', '/', '+', '-', '.', ' ', '{', '}', '{a', '=', '"', '1.', '0a', '\n', '.0', '\u00e9']
const PREFIXES = ['', '/', '-', '{', '1.', '1e', '2026-01-05T08:00:00.', '2026-01-05T08:00:00+']
const SUFFIXES = ['', '!', '\u0000']

/**
 * Runs in a context of its own, the one place where V8 lets a timeout interrupt a regular expression.
 * Lengths grow by 16: a linear pattern takes 16 times as long, a quadratic one 256 times.
 */
const program = `
  const apply = regex.global ? (text) => [...text.matchAll(regex)].length : (text) => regex.test(text)
  const time = (text) => {
    let best = Infinity
    for (let run = 0; run < 2; run += 1) {
      const start = now()
      apply(text)
      best = Math.min(best, now() - start)
    }
    return best
  }
  let worst = 0
  for (const [prefix, unit, suffix] of parts) {
    if (worst > limit) break
    let before = Infinity
    for (const length of [64, 1024, 16384]) {
      const took = time(prefix + unit.repeat(length / unit.length) + suffix)
      // What is short is lost in the clock's own noise.
      if (length > 64) worst = Math.max(worst, took / Math.max(before, noise))
      if (worst > limit) break
      before = took
    }
  }
  worst
`

const parts = UNITS.flatMap((unit) => PREFIXES.flatMap((prefix) => SUFFIXES.map((suffix) => [prefix, unit, suffix])))

const worstGrowth = (regex: RegExp): number => {
  const context = createContext({ regex, parts, now: () => performance.now(), noise: 0.05, limit: MOST_GROWTH })
  return new Script(program).runInContext(context, { timeout: 1_500 }) as number
}

const toRegex = (literal: string): RegExp => {
  const end = literal.lastIndexOf('/')
  return new RegExp(literal.slice(1, end), literal.slice(end + 1))
}

describe('regular expressions of the sources', () => {
  test('are found', () => {
    expect(literals.length).toBeGreaterThan(10)
  })

  test.each(literals)('%s: %s, takes linear time', (_file, literal) => {
    expect(worstGrowth(toRegex(literal))).toBeLessThan(MOST_GROWTH)
  })

  test.each(['/^(?:a+)+$/', '/\\d+x/g', '/\\{[^}]*\\}/g'])('%s, would be caught', (literal) => {
    const isCaught = () => {
      try {
        return worstGrowth(toRegex(literal)) > MOST_GROWTH
      } catch {
        return true
      }
    }
    expect(isCaught()).toBe(true)
  })
})
