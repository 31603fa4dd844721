import fc from 'fast-check'
import { type Placed, SortedMap } from '../src/sorted-map'

const placeArbitrary = fc.record({ ms: fc.integer({ min: -5, max: 5 }), id: fc.constantFrom('', 'a', 'b', 'ä', 'c') })

const isBefore = (a: Placed['place'], b: Placed['place']) => (a.ms === b.ms ? a.id < b.id : a.ms < b.ms)

test('SortedMap: any range of any values, as filtering and sorting gives', () => {
  const property = (
    places: readonly Placed['place'][],
    isWalkedOften: boolean,
    first?: Placed['place'],
    end?: Placed['place']
  ) => {
    const map = new SortedMap<Placed>()
    const byId = new Map<string, Placed>()
    for (const place of places) {
      if (isWalkedOften) expect([...map.walk()]).toHaveLength(byId.size)
      map.delete(place.id)
      map.add({ place })
      byId.set(place.id, { place })
    }
    const expected = [...byId.values()]
      .filter(({ place }) => !(first && isBefore(place, first)) && !(end && !isBefore(place, end)))
      .sort((a, b) => (isBefore(a.place, b.place) ? -1 : 1))
    const range = { ...(first && { first }), ...(end && { end }) }
    expect([...map.walk(range)]).toEqual(expected)
    expect([...map.walk({ ...range, order: 'desc' })]).toEqual(expected.reverse())
    expect(map.size).toBe(byId.size)
  }
  const bound = fc.option(placeArbitrary, { nil: undefined })
  fc.assert(fc.property(fc.array(placeArbitrary), fc.boolean(), bound, bound, property))
})

test('SortedMap: changed while it is walked, the walk goes on over what there was', () => {
  const map = new SortedMap<Placed>()
  for (const id of ['a', 'b', 'c']) map.add({ place: { ms: 0, id } })
  const walked: string[] = []
  for (const { place } of map.walk()) {
    walked.push(place.id)
    map.delete(place.id)
    map.add({ place: { ms: 1, id: `${place.id}2` } })
  }
  expect(walked).toEqual(['a', 'b', 'c'])
  expect([...map.walk()].map(({ place }) => place.id)).toEqual(['a2', 'b2', 'c2'])
})
