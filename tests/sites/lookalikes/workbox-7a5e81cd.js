// Imported by the service worker, which compares its bytes under this URL.
