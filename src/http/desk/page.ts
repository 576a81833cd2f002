// The one page of the desk. What it shows is made in the browser, of the API's own answers: the desk has no power that
// the API has not.

/** Nothing from elsewhere, no script and no style that is written into the page. */
export const DESK_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

export const DESK_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Trunkline desk</title>
<link rel="icon" href="/desk/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/desk/assets/desk.css">
<script type="module" src="/desk/assets/desk.js"></script>
</head>
<body>
<div id="desk"><noscript>The desk needs JavaScript.</noscript></div>
</body>
</html>
`;
