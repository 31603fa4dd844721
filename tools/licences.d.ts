/** A package that installing one of ours brings along. */
export interface RuntimeDependency {
  readonly name: string
  readonly version: string
  readonly licence: string | undefined
  readonly usedBy: readonly string[]
}

/** Every run-time dependency of every package, once a version. */
export declare const runtimeDependencies: () => readonly RuntimeDependency[]

/** What docs/licences.md should be, before it is formatted. */
export declare const licencesPage: () => string
