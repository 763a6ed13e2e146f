"""Fits the neutron reflectivity of a thin film, as a beamline's users do.

A deuterated polystyrene film lies on a silicon wafer. Its reflectivity is simulated with counting noise (fixed
seed), then fitted: differential evolution finds the right fringe order, Levenberg-Marquardt finishes and gives the
uncertainties. chi2 is printed as it falls. Writes fit.json and curve.csv. Standard library only.

Reflectivity: L. G. Parratt, Phys. Rev. 95, 359 (1954); roughness: L. Nevot and P. Croce, Rev. Phys. Appl. 15, 761
(1980). Lengths in angstrom, momentum transfer q in 1/angstrom, scattering length densities in 1e-6/angstrom^2.
"""

import cmath
import csv
import json
import math
import random
import time

SILICON_SLD = 2.07
SEED = 4
SEARCH_SECONDS = 11.0
GENERATIONS = 120
PATIENCE = 15

# name, unit, true value, lower and upper bound of the search
PARAMETERS = [
    ("thickness", "angstrom", 412.0, 250.0, 600.0),
    ("film_sld", "1e-6/angstrom^2", 6.36, 4.0, 8.0),
    ("surface_roughness", "angstrom", 7.5, 1.0, 20.0),
    ("interface_roughness", "angstrom", 4.2, 1.0, 20.0),
    ("scale", "", 1.0, 0.8, 1.2),
    ("background", "1e-6", 1.6, 0.1, 10.0),
]


def reflectivity(q, layers):
    """Parratt's recursion.

    layers: (thickness, sld, roughness of its upper surface) from the incident medium to the substrate; the first
    layer's thickness and roughness and the last one's thickness are not used.
    """
    k0_squared = (q / 2) ** 2
    sld0 = layers[0][1]
    k = [cmath.sqrt(k0_squared - 4e-6 * math.pi * (sld - sld0)) for _, sld, _ in layers]
    ratio = 0j
    for upper in range(len(layers) - 2, -1, -1):
        lower = upper + 1
        total = k[upper] + k[lower]
        fresnel = (k[upper] - k[lower]) / total if total else 0j
        fresnel *= cmath.exp(-2 * k[upper] * k[lower] * layers[lower][2] ** 2)
        # The wave that comes back from below has crossed the lower layer twice.
        phase = cmath.exp(2j * k[lower] * layers[lower][0])
        ratio = (fresnel + ratio * phase) / (1 + fresnel * ratio * phase)
    return abs(ratio) ** 2


def model(q_values, values):
    thickness, film_sld, surface, interface, scale, background = values
    layers = [(0, 0, 0), (thickness, film_sld, surface), (0, SILICON_SLD, interface)]
    return [scale * reflectivity(q, layers) + background * 1e-6 for q in q_values]


def simulate(points=300):
    """(q, reflectivity, standard error) with counting noise; the counting time grows with q, as in a real scan."""
    generator = random.Random(SEED)
    q_values = [0.008 * (0.22 / 0.008) ** (i / (points - 1)) for i in range(points)]
    data = []
    for q, ideal in zip(q_values, model(q_values, [p[2] for p in PARAMETERS])):
        incident = 2e4 * (1 + (q / 0.012) ** 4)
        error = math.sqrt(ideal / incident + (0.01 * ideal) ** 2)
        data.append((q, generator.gauss(ideal, error), error))
    return data


def residuals(data, values):
    fitted = model([q for q, _, _ in data], values)
    return [(measured - fit) / error for (_, measured, error), fit in zip(data, fitted)]


def chi_squared(data, values):
    return sum(r * r for r in residuals(data, values))


def search(data, report):
    """Differential evolution (rand-to-best/1/bin) between the bounds, until chi2 stops falling or time is up."""
    generator = random.Random(SEED + 1)
    bounds = [(low, high) for _, _, _, low, high in PARAMETERS]
    population = [[generator.uniform(low, high) for low, high in bounds] for _ in range(60)]
    scores = [chi_squared(data, member) for member in population]
    lowest, fell_at, started = min(scores), 0, time.monotonic()
    for generation in range(1, GENERATIONS + 1):
        best = population[scores.index(min(scores))]
        for i, member in enumerate(population):
            a, b = generator.sample(population, 2)
            forced = generator.randrange(len(bounds))
            trial = list(member)
            for j, (low, high) in enumerate(bounds):
                if j == forced or generator.random() < 0.85:
                    moved = member[j] + 0.6 * (best[j] - member[j]) + 0.6 * (a[j] - b[j])
                    trial[j] = moved if low <= moved <= high else generator.uniform(low, high)
            score = chi_squared(data, trial)
            if score < scores[i]:
                population[i], scores[i] = trial, score
        if min(scores) < 0.9999 * lowest:
            lowest, fell_at = min(scores), generation
            report(generation, lowest)
        if generation - fell_at > PATIENCE or time.monotonic() - started > SEARCH_SECONDS:
            break
    return population[scores.index(min(scores))], generation


def jacobian(data, values, base):
    """Forward differences of the residuals: one column for each parameter."""
    columns = []
    for i, value in enumerate(values):
        step = 1e-5 * max(abs(value), 1e-3)
        moved = [v + step if j == i else v for j, v in enumerate(values)]
        columns.append([(m - b) / step for m, b in zip(residuals(data, moved), base)])
    return columns


def solve(matrix, right):
    """Gaussian elimination with partial pivoting; `right` is a list of columns."""
    size = len(matrix)
    rows = [list(matrix[i]) + [column[i] for column in right] for i in range(size)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda row: abs(rows[row][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for row in range(size):
            if row != i:
                factor = rows[row][i]
                rows[row] = [x - factor * y for x, y in zip(rows[row], rows[i])]
    return [[rows[i][size + c] for i in range(size)] for c in range(len(right))]


def levenberg_marquardt(data, values, report):
    """Returns the best values, their standard errors and the number of iterations."""
    damping, base = 1e-2, residuals(data, values)
    score = sum(r * r for r in base)
    for iteration in range(1, 51):
        columns = jacobian(data, values, base)
        normal = [[sum(x * y for x, y in zip(a, b)) for b in columns] for a in columns]
        gradient = [-sum(x * r for x, r in zip(column, base)) for column in columns]
        damped = [[n * (1 + damping) if i == j else n for j, n in enumerate(row)] for i, row in enumerate(normal)]
        (change,) = solve(damped, [gradient])
        trial = [v + c for v, c in zip(values, change)]
        trial_base = residuals(data, trial)
        trial_score = sum(r * r for r in trial_base)
        gain = score - trial_score
        if gain >= 0:
            values, base, score, damping = trial, trial_base, trial_score, damping / 10
            report(iteration, score)
        else:
            damping *= 10
        if 0 <= gain < 1e-6 * score:
            break
    unit = [[1.0 if i == j else 0.0 for i in range(len(values))] for j in range(len(values))]
    covariance = solve(normal, unit)
    return values, [math.sqrt(covariance[i][i]) for i in range(len(values))], iteration


def main():
    data = simulate()
    freedom = len(data) - len(PARAMETERS)
    print(f"fitting {len(data)} points with {len(PARAMETERS)} parameters", flush=True)

    def reporter(phase):
        def report(number, score):
            print(f"{phase} {number:4d}   chi2 {score:14.3f}   reduced {score / freedom:10.4f}", flush=True)

        return report

    start, generations = search(data, reporter("search"))
    values, errors, iterations = levenberg_marquardt(data, start, reporter("refine"))
    reduced = chi_squared(data, values) / freedom

    print()
    parameters = {}
    for (name, unit, true, _, _), value, error in zip(PARAMETERS, values, errors):
        parameters[name] = {"value": value, "uncertainty": error, "unit": unit, "true": true}
        print(f"{name:20s} {value:10.4f} +/- {error:.4f} {unit}  (simulated with {true})")
    print(f"reduced chi2 {reduced:.3f}", flush=True)

    with open("fit.json", "w", encoding="utf-8") as file:
        json.dump(
            {
                "parameters": parameters,
                "reduced_chi_squared": reduced,
                "iterations": {"search": generations, "refine": iterations},
            },
            file,
            indent=2,
        )
    with open("curve.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["q", "reflectivity", "error", "fit"])
        fitted = model([q for q, _, _ in data], values)
        writer.writerows([f"{x:.8g}" for x in (*row, fit)] for row, fit in zip(data, fitted))
    print("wrote fit.json and curve.csv")


if __name__ == "__main__":
    main()
