/** The browser's program: `CHROME_PATH`, else one in a usual place. @throws Error when `CHROME_PATH` leads nowhere. */
export function findBrowser(): string | undefined
