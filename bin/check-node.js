// Every npm script starts here: npm puts node_modules/.bin first on the PATH, so `node` is the one of the devDependency `node@24`.
const major = Number(process.versions.node.split('.')[0]);
if (major !== 24) {
  console.error(
    `Entrepot runs on Node.js 24, this is ${process.versions.node}.\n` +
      'Run it through npm (`npm start`, `npm test`) after `npm ci`: the right Node.js comes with the packages.\n' +
      'If `npm ci` was run with --omit=dev or --ignore-scripts, run it again without.',
  );
  process.exit(2);
}
