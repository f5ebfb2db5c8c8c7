// Who may import whom. The rooms and the reasons are told in docs/architecture.md; test/architecture proves that these rules bite.

// Specs, what helps them, and the suites that they share.
const TESTS = ['\\.spec\\.ts$', '/spec-support\\.ts$', '/(testing|conformance)/', '^test/'];
const COMPOSITION = '^src/([^/]+\\.ts$|backup/|composition/|demo/)';
const HOUSE = '^(src|system-apis|process-apis|experience-apis|test)/';
const BASE = '^src/(model|platform)/';
const PORTS = '^system-apis/[^/]+/[^/]+\\.port\\.ts$';
// The console's page: bundled for browsers, so that its libraries are of the build and nothing of the hub is in it.
const PAGE = '^experience-apis/console/web/';
const PROCESS_DOORS = '^process-apis/[^/]+/index\\.ts$';

/** From one room to anything of the house that is not listed. `$1` is what the first group of `room` matched. */
const only = (name, comment, room, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: room, pathNot: TESTS },
  to: { path: HOUSE, pathNot: allowed },
});

module.exports = {
  forbidden: [
    {
      name: 'model-imports-nothing',
      comment:
        'The canonical model is pure types and rules: no I/O, no clock, no library, so that every layer and the simulation can use it.',
      severity: 'error',
      from: { path: '^src/model/', pathNot: TESTS },
      to: { pathNot: '^src/model/' },
    },
    only(
      'platform-knows-no-retail',
      'The platform is machinery: if it knew the business, no process could change without it.',
      '^src/platform/',
      ['^src/platform/'],
    ),
    only(
      'adapter-behind-its-port',
      'An adapter sees its own vendor, the port that it implements, the model and the platform: so it can be added, replaced and removed alone.',
      '^system-apis/([^/]+)/([^/]+)/',
      ['^system-apis/$1/$2/', '^system-apis/$1/[^/]+\\.port\\.ts$', BASE],
    ),
    only(
      'port-knows-no-vendor',
      'A port says what the hub needs; a vendor in it would be a need of one vendor for all.',
      '^system-apis/([^/]+)/[^/]+\\.ts$',
      ['^system-apis/$1/[^/]+\\.ts$', BASE],
    ),
    only(
      'process-through-doors',
      'A process owns its tables and its inside. Others come in by its index.ts, and it reaches outside systems by their ports alone; nothing calls upwards.',
      '^process-apis/([^/]+)/',
      ['^process-apis/$1/', PROCESS_DOORS, PORTS, BASE],
    ),
    only(
      'audience-knows-no-other',
      'Each audience translates between its wire format and the processes; what audiences share is the channel kit, by its door.',
      '^experience-apis/([^/]+)/',
      ['^experience-apis/$1/', '^experience-apis/channel-kit/index\\.ts$', PROCESS_DOORS, BASE],
    ),
    only('page-knows-itself', 'What runs in browsers sees the hub as any other caller does: through the graph.', PAGE, [
      PAGE,
    ]),
    {
      name: 'page-is-bundled',
      comment: 'The hub serves the page as files that the build made; what imported it would need a browser.',
      severity: 'error',
      from: { path: HOUSE, pathNot: [PAGE, '^test/console/'] },
      to: { path: PAGE },
    },
    only(
      'sandbox-speaks-wire-only',
      'A sandbox stands for the vendor. If it used our own code, a mistake there would be on both sides and no test would see it.',
      '^(.+)/sandbox/',
      ['^$1/sandbox/', '^$1/.+\\.wire\\.ts$'],
    ),
    {
      name: 'sandbox-is-not-product',
      comment: 'Sandboxes are started by the demo and by tests; an adapter that needs one would work nowhere else.',
      severity: 'error',
      from: { path: HOUSE, pathNot: [...TESTS, '/sandbox/', COMPOSITION] },
      to: { path: '/sandbox/' },
    },
    {
      name: 'composition-is-the-top',
      comment: 'Only the composition sees all layers. Who imports it, sees all layers too.',
      severity: 'error',
      from: { path: HOUSE, pathNot: [...TESTS, COMPOSITION] },
      to: { path: COMPOSITION },
    },
    {
      name: 'nothing-imports-tests',
      comment: 'What runs in production must not need what only tests bring.',
      severity: 'error',
      from: { path: HOUSE, pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: 'every-file-has-a-room',
      comment: 'A file outside the known rooms would be bound by no rule.',
      severity: 'error',
      from: {
        path: '^(src|process-apis|experience-apis|system-apis)/',
        pathNot: [
          BASE,
          COMPOSITION,
          '^(process-apis|experience-apis)/[^/]+/',
          '^system-apis/[^/]+/[^/]+/',
          '^system-apis/[^/]+/[^/]+\\.ts$',
        ],
      },
      to: {},
    },
    {
      name: 'no-circle',
      comment: 'Files in a circle can only be understood, tested and loaded together.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-undeclared-library',
      comment: 'A library that package.json does not name is there by accident and goes by accident.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-library-in-product',
      comment: 'npm ci --omit=dev must give a hub that starts.',
      severity: 'error',
      from: { path: HOUSE, pathNot: [...TESTS, PAGE] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '/@types/' },
    },
    {
      name: 'no-dead-import',
      comment: 'An import that resolves to nothing is not checked by any other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Made by console:codegen; not there before it ran.
    exclude: { path: '^experience-apis/console/web/generated/' },
    // Imports of types bind too: a type from another layer is knowledge of that layer.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
