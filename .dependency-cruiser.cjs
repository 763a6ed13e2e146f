/** The import rules of the project: which room may know which. */
const never = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

/** The rooms, each above those that it may know. So no two import each other. */
const floors = [
  'protocol',
  'transports',
  'storage',
  'queue',
  'schedulers',
  'models',
  'store',
  'worker',
  'retention',
  'domain',
  'live',
  'http',
  'sockets',
  'cli',
  'client',
  'testing',
  'embedded',
];

/** A rule for each room: what stands above it is out of its sight. */
function roomsApart() {
  return floors.slice(0, -1).map((room, floor) => {
    const above = floors.slice(floor + 1).join('|');
    const comment = 'Two rooms never import each other: `floors` says which one stands above.';
    return never(
      `${room}-looks-up-to-nobody`,
      { path: `^lib/${room}/` },
      { path: `^lib/(${above})/` },
      comment,
    );
  });
}

/** Each room has its floor: a new one is put in its place there. */
function everyRoomHasAFloor() {
  return never(
    'every-room-has-a-floor',
    { path: `^lib/(?!(${floors.join('|')})/)[^/]+/` },
    { path: '.' },
    'See `floors`.',
  );
}

module.exports = {
  forbidden: [
    never('no-circular', {}, { circular: true }, 'A cycle has no bottom to start reading from.'),
    never(
      'protocol-knows-nothing',
      { path: '^lib/protocol/' },
      { pathNot: '^lib/protocol/|node_modules/zod/' },
      'What crosses a wire or stands in a column is pure.',
    ),
    never(
      'schemas-apart',
      { path: '^lib/protocol/(?!schemas/)' },
      { path: '^lib/protocol/schemas/|node_modules/zod/' },
      'The browser shares what is no schema.',
    ),
    never('errors-know-nothing', { path: '^lib/errors\\.ts$' }, { path: '.' }, 'errors stand alone.'),
    never(
      'worker-knows-contracts-only',
      { path: '^lib/worker/' },
      { path: 'node_modules/(ssh2|bee-queue|sequelize|pg|ioredis|socket\\.io|express)/' },
      'The worker speaks to contracts, never to a dependency.',
    ),
    never(
      'worker-knows-no-adapter',
      { path: '^lib/worker/' },
      {
        path: '^lib/(models|store/(?!attempt-store|holders-vanished)|queue/bee-queue|transports/(ssh|local|connection-pool)|storage/disk|http|sockets|client)',
      },
      'The worker speaks to contracts, never to an adapter.',
    ),
    never('lib-never-imports-admin', { path: '^lib/' }, { path: '^admin/' }, 'The panel is optional.'),
    never(
      'lib-never-imports-example',
      { path: '^(lib|admin)/' },
      { path: '^(example|test)/' },
      'Product first.',
    ),
    never(
      'client-shares-protocol-only',
      { path: '^lib/client/', pathNot: '^lib/client/bundle\\.mjs$' },
      { path: '^(lib/(?!client/|protocol/)|node_modules/(?!socket\\.io-client|@types|zod/))' },
      'The browser gets nothing of the server.',
    ),
    never(
      'client-takes-types-of-schemas',
      { path: '^lib/client/' },
      { path: '^lib/protocol/schemas/|node_modules/zod/', dependencyTypesNot: ['type-only'] },
      'The browser gets no validator.',
    ),
    never(
      'adapters-apart',
      { path: '^lib/transports/' },
      { path: '^lib/(models|queue|worker|http|sockets|storage)/' },
      'A transport knows only how to reach a machine.',
    ),
    never(
      'no-adapter-knows-the-store',
      { path: '^lib/(http|sockets|cli|client)/|^admin/' },
      { path: '^lib/store/' },
      'What may be done, and what is watched, is asked of the domain and of live.',
    ),
    never(
      'adapters-know-models-by-their-types',
      { path: '^lib/(http|sockets|cli|client)/|^admin/' },
      { path: '^lib/models/', dependencyTypesNot: ['type-only'] },
      'An adapter writes no SQL; lists are read through the models of the instance.',
    ),
    ...roomsApart(),
    everyRoomHasAFloor(),
    never(
      'domain-knows-no-adapter',
      { path: '^lib/domain/' },
      { path: '^lib/(http|sockets|cli|client)/|^admin/' },
      'What may be done does not know who asks for it.',
    ),
    never(
      'live-knows-no-adapter',
      { path: '^lib/live/' },
      { path: '^lib/(http|sockets|cli|client)/|^admin/|node_modules/(express|socket\\.io)/' },
      'Who watches what does not know how they are reached.',
    ),
    never(
      'http-stands-alone',
      { path: '^lib/http/' },
      { path: '^lib/(cli|client|sockets)/' },
      'An adapter of the domain does not know another.',
    ),
    never(
      'sockets-stand-alone',
      { path: '^lib/sockets/' },
      { path: '^lib/(cli|client|http)/' },
      'An adapter of the domain does not know another.',
    ),
    never(
      'the-command-stands-alone',
      { path: '^lib/cli/' },
      { path: '^lib/(http|sockets|client)/' },
      'An adapter of the domain does not know another.',
    ),
    never(
      'the-panel-stands-alone',
      { path: '^admin/' },
      { path: '^lib/(http|sockets|cli)/' },
      'An adapter of the domain does not know another.',
    ),
    never(
      'example-uses-the-package-by-name',
      { path: '^example/' },
      { path: '^(lib|admin|test)/' },
      'The example is written as a user would write it.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'test/tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'default'] },
  },
};
