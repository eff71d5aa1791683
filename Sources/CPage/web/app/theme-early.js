// Not a module, so that it runs before the first paint: a chosen theme must not flash.
(() => {
  try {
    const theme = localStorage.getItem('martlet.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is closed: the system's theme it is.
  }
})();
