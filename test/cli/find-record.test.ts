import { expect } from 'chai';
import { CommandError } from '../../lib/cli/failure.js';
import { findByName } from '../../lib/cli/find-record.js';

const servers = [
  { id: 1, label: 'Cluster' },
  { id: 2, label: 'Twin' },
  { id: 3, label: 'Twin' },
  { id: 4, label: '1' },
];

describe('finding a server or interpreter that a command line names', () => {
  it('goes by title', () => {
    expect(findByName('server', 'Cluster', servers).id).to.equal(1);
  });

  it('goes by id', () => {
    expect(findByName('server', '2', servers).id).to.equal(2);
  });

  it('prefers a title to an id', () => {
    expect(findByName('server', '1', servers).id).to.equal(4);
  });

  it('lists what there is when nothing fits', () => {
    expect(() => findByName('server', 'Clutser', servers)).to.throw(
      CommandError,
      /no server "Clutser"[^]*1 {2}Cluster/,
    );
  });

  it('asks for the id when a title fits twice', () => {
    expect(() => findByName('server', 'Twin', servers)).to.throw(CommandError, /More than one server/);
  });
});
