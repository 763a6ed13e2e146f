import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const run = promisify(execFile);
const programs = fileURLToPath(new URL('../../example/programs', import.meta.url));

interface Fit {
  parameters: Record<string, { value: number; uncertainty: number; true: number }>;
  reduced_chi_squared: number;
  iterations: { search: number; refine: number };
}

/** What a Python expression gives, with the program's functions in scope. */
async function python(expression: string): Promise<number[]> {
  const code = `import json, math, sys
sys.path.insert(0, ${JSON.stringify(programs)})
sys.dont_write_bytecode = True
from reflectivity_fit import *
silicon = [(0, 0, 0), (0, 2.07, 0)]
print(json.dumps(${expression}))`;
  const { stdout } = await run('python3', ['-c', code]);
  return JSON.parse(stdout) as number[];
}

describe('the sample reflectivity fit', () => {
  it('reflects everything below the critical edge', async () => {
    const edge = 4 * Math.sqrt(Math.PI * 2.07e-6);
    const below = await python(`[reflectivity(${edge} * f, silicon) for f in (0.05, 0.5, 0.9, 0.999)]`);
    for (const value of below) expect(value).to.be.closeTo(1, 1e-9);
    const [above] = await python(`[reflectivity(${edge} * 1.05, silicon)]`);
    expect(above).to.be.lessThan(0.5);
  });

  it("is Fresnel's law for one smooth surface", async () => {
    const qs = [0.011, 0.02, 0.05, 0.1, 0.25];
    const got = await python(`[reflectivity(q, silicon) for q in ${JSON.stringify(qs)}]`);
    const edgeSquared = 16 * Math.PI * 2.07e-6;
    const fresnel = qs.map((q) => {
      const inside = Math.sqrt(q * q - edgeSquared);
      return ((q - inside) / (q + inside)) ** 2;
    });
    got.forEach((value, i) => expect(value / Number(fresnel[i])).to.be.closeTo(1, 1e-9));
  });

  it('damps a rough surface as Nevot and Croce say', async () => {
    const q = 0.1;
    const sigma = 6;
    const [smooth, rough] = await python(
      `[reflectivity(${q}, [(0, 0, 0), (0, 2.07, s)]) for s in (0, ${sigma})]`,
    );
    const inside = Math.sqrt(q * q - 16 * Math.PI * 2.07e-6);
    expect(Number(rough) / Number(smooth)).to.be.closeTo(Math.exp(-q * inside * sigma * sigma), 1e-9);
  });

  it('does not see a film of the same density as its substrate', async () => {
    const [bare, covered] = await python(
      '[reflectivity(0.08, silicon), reflectivity(0.08, [(0, 0, 0), (300, 2.07, 0), (0, 2.07, 0)])]',
    );
    expect(Number(covered) / Number(bare)).to.be.closeTo(1, 1e-9);
  });

  it('has fringes 2π over the thickness apart', async () => {
    const values = await python(
      '[reflectivity(0.1 + i * 1e-4, [(0, 0, 0), (400, 6.36, 0), (0, 2.07, 0)]) for i in range(1500)]',
    );
    const minima = values.flatMap((value, i) =>
      i > 0 && value < Number(values[i - 1]) && value < Number(values[i + 1] ?? 0) ? [0.1 + i * 1e-4] : [],
    );
    const spacing = (Number(minima.at(-1)) - Number(minima[0])) / (minima.length - 1);
    expect(spacing).to.be.closeTo((2 * Math.PI) / 400, 2e-4);
  });

  it('finds what was simulated within three standard errors, and writes fit.json and curve.csv', async function () {
    this.timeout(60_000);
    const directory = await mkdtemp(join(tmpdir(), 'drs-fit-'));
    try {
      const { stdout } = await run('python3', [join(programs, 'reflectivity_fit.py')], { cwd: directory });
      const scores = [...stdout.matchAll(/chi2 +([\d.]+) /g)].map(([, score]) => Number(score));
      expect(scores.length).to.be.greaterThan(10);
      expect(scores).to.deep.equal([...scores].sort((a, b) => b - a));
      const fit = JSON.parse(await readFile(join(directory, 'fit.json'), 'utf8')) as Fit;
      expect(fit.reduced_chi_squared).to.be.within(0.8, 1.2);
      for (const [name, { value, uncertainty, true: simulated }] of Object.entries(fit.parameters)) {
        expect(Math.abs(value - simulated), name).to.be.lessThan(3 * uncertainty);
        expect(uncertainty, name).to.be.greaterThan(0);
      }
      const curve = (await readFile(join(directory, 'curve.csv'), 'utf8')).trim().split('\r\n');
      expect(curve[0]).to.equal('q,reflectivity,error,fit');
      expect(curve).to.have.length(301);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
