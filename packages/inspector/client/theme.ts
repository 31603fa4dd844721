/** The theme, chosen before anything is painted: the system's, or the one picked here. */
const KEY = 'thryve-inspector-theme'
const CHOICES = ['system', 'light', 'dark'] as const
type Choice = (typeof CHOICES)[number]

/** Storage may be switched off. */
const stored = (): Choice => {
  try {
    const known = localStorage.getItem(KEY)
    return CHOICES.find((choice) => choice === known) ?? 'system'
  } catch {
    return 'system'
  }
}

const keep = (choice: Choice): void => {
  try {
    localStorage.setItem(KEY, choice)
  } catch {
    // The choice lasts as long as the page then.
  }
}

const apply = (choice: Choice): void => {
  const { dataset } = document.documentElement
  if (choice === 'system') delete dataset['theme']
  else dataset['theme'] = choice
  const name = document.getElementById('theme-name')
  if (name !== null) name.textContent = choice
  window.dispatchEvent(new Event('themechange'))
}

let current = stored()
apply(current)
document.addEventListener('DOMContentLoaded', () => {
  apply(current)
  document.getElementById('theme')?.addEventListener('click', () => {
    current = CHOICES[(CHOICES.indexOf(current) + 1) % CHOICES.length] ?? 'system'
    keep(current)
    apply(current)
  })
})
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => apply(current))
