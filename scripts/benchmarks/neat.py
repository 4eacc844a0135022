"""NEAT against neat-python.

Environment steps per CPU second on CartPole, and the evolution step by itself.

- *evaluation*: the same population, after 20 generations, evaluated by both, from genomes to
  returns; neat-python's networks are built from ours, so sizes and returns are equal, which is
  checked.
- *whole*: `evo run neat cartpole`, generations 1 to 20, as a command with everything that belongs
  to it (imports, run folder, champion), against neat-python's population loop on Gymnasium in this
  process.
- *evolution step*: everything but the evaluation, with random fitness: at the rates of
  neat-python's own configuration, and with genomes grown to about 100 connections.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import gymnasium
import neat
import numpy as np
from neat.activations import tanh_activation
from neat.aggregations import sum_aggregation

import evo
from benchmarks.measure import Measurement
from evo.networks.flat import Networks
from evo.problems.episodes import episode_seeds
from evo.skeleton import Evolution

# Structure changes as often as in neat-python's CartPole configuration, so that genomes have its
# sizes. An addition here tries again where neat-python's gives up: less of them make genomes of the
# same size.
PEER_RATES = {"add_connection": 0.15, "delete_connection": 0.5, "add_node": 0.2, "delete_node": 0.2}
GROWING = {"add_connection": 1.0, "add_node": 0.6, "delete_connection": 0.02, "delete_node": 0.01}
CONNECTIONS, POPULATION = 95, 150

CONFIGURATION = """
[NEAT]
fitness_criterion = max
fitness_threshold = 1e9
pop_size = {population}
reset_on_extinction = False
no_fitness_termination = True
[DefaultGenome]
activation_default = tanh
activation_mutate_rate = 0.0
activation_options = tanh
aggregation_default = sum
aggregation_mutate_rate = 0.0
aggregation_options = sum
bias_init_mean = 0.0
bias_init_stdev = 1.0
bias_init_type = gaussian
bias_max_value = 30.0
bias_min_value = -30.0
bias_mutate_power = 0.5
bias_mutate_rate = 0.7
bias_replace_rate = 0.1
compatibility_disjoint_coefficient = 1.0
compatibility_weight_coefficient = 0.5
conn_add_prob = 0.5
conn_delete_prob = 0.5
enabled_default = True
enabled_mutate_rate = 0.01
enabled_rate_to_true_add = 0.0
enabled_rate_to_false_add = 0.0
feed_forward = True
initial_connection = full_direct
node_add_prob = 0.2
node_delete_prob = 0.2
num_hidden = 0
num_inputs = 4
num_outputs = 2
response_init_mean = 1.0
response_init_stdev = 0.0
response_init_type = gaussian
response_max_value = 30.0
response_min_value = -30.0
response_mutate_power = 0.0
response_mutate_rate = 0.0
response_replace_rate = 0.0
single_structural_mutation = False
structural_mutation_surer = default
weight_init_mean = 0.0
weight_init_stdev = 1.0
weight_init_type = gaussian
weight_max_value = 30
weight_min_value = -30
weight_mutate_power = 0.5
weight_mutate_rate = 0.8
weight_replace_rate = 0.1
[DefaultSpeciesSet]
compatibility_threshold = 3.0
[DefaultStagnation]
species_fitness_func = max
max_stagnation = 20
species_elitism = 2
[DefaultReproduction]
elitism = 2
survival_threshold = 0.2
min_species_size = 2
"""


def peer_population(size: int) -> Any:
    """A fresh population of neat-python."""
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as file:
        file.write(CONFIGURATION.format(population=size))
        file.flush()
        parts = (
            neat.DefaultGenome,
            neat.DefaultReproduction,
            neat.DefaultSpeciesSet,
            neat.DefaultStagnation,
        )
        return neat.Population(neat.Config(*parts, file.name), seed=1)


def episode(environment: Any, activate: Callable[[Any], Any], seed: int) -> int:
    """Steps of one CartPole episode, as neat-python's users write it."""
    observation, _ = environment.reset(seed=seed)
    for step in range(1, 501):
        action = int(np.argmax(activate(observation)))
        observation, _, terminated, truncated, _ = environment.step(action)
        if terminated or truncated:
            return step
    return 500


def as_peer(networks: Networks, row: int) -> Any:
    """One of our networks as neat-python's.

    Inputs are -1 … -n there, nodes have their number here.
    """
    key = [-1 - i for i in range(networks.inputs)] + list(
        range(networks.nodes[row + 1] - networks.nodes[row])
    )
    evaluations = []
    for k in range(networks.nodes[row], networks.nodes[row + 1]):
        links = range(networks.links[k], networks.links[k + 1])
        sources = [(key[networks.sources[i]], float(networks.weights[i])) for i in links]
        # Its tanh is that of 2.5 x, so the node's bias and response are divided by 2.5.
        evaluations.append(
            (
                k - networks.nodes[row],
                tanh_activation,
                sum_aggregation,
                float(networks.bias[k]) / 2.5,
                0.4,
                sources,
            )
        )
    outputs = [key[position] for position in networks.output[row]]
    return neat.nn.FeedForwardNetwork(key[: networks.inputs], outputs, evaluations)


def evaluation_alone(rounds: int) -> Measurement:
    """Environment steps per CPU second of evaluating one population, from genomes to returns."""
    # Neither side scales observations here, so that the same networks do the same.
    evolution = evo.evolution(
        "neat", evo.problem("cartpole", scale_observations="none"), seed=1, generations=20
    )
    evolution.run()
    genomes, seeds = evolution.ask().genomes, evolution.seeds(POPULATION)
    assert evolution.evaluator is not None
    networks = evolution.algorithm.representation.development()(genomes)
    environment = gymnasium.make("CartPole-v1", disable_env_checker=True)
    starts = [int(seed) for seed in episode_seeds(int(seeds[0]), 5)]
    ours, theirs = [], []
    for _ in range(rounds):
        begun = time.process_time()
        for _ in range(20):
            result = evolution.evaluator.evaluate(genomes, seeds)
        own = int(result.spent["steps"].sum())
        ours.append(20 * own / (time.process_time() - begun))
        begun, steps = time.process_time(), 0
        for row in range(POPULATION):
            peer = as_peer(networks, row)
            steps += sum(episode(environment, peer.activate, start) for start in starts)
        theirs.append(steps / (time.process_time() - begun))
        if abs(steps - own) > 0.01 * own:
            raise SystemExit(
                f"the same networks made {own} steps here and {steps} there: the comparison would "
                "be void"
            )
    links, nodes = len(networks.weights) / POPULATION, len(networks.bias) / POPULATION
    sizes = f"population {POPULATION}, {links:.1f} connections and {nodes:.1f} nodes on average"
    return Measurement(
        "CartPole, evaluation alone",
        "steps / CPU s",
        median(ours),
        {"neat-python": median(theirs)},
        sizes,
    )


def whole_peer(generations: int) -> float:
    """Steps per CPU second of neat-python's own loop with one episode per genome."""
    environment = gymnasium.make("CartPole-v1", disable_env_checker=True)
    population, steps, generation = peer_population(POPULATION), 0, 0

    def evaluate(genomes: Any, config: Any) -> None:
        nonlocal steps, generation
        generation += 1
        for _, genome in genomes:
            genome.fitness = episode(
                environment, neat.nn.FeedForwardNetwork.create(genome, config).activate, generation
            )
            steps += genome.fitness

    begun = time.process_time()
    population.run(evaluate, generations)
    return steps / (time.process_time() - begun)


def whole_run(generations: int) -> tuple[float, float]:
    """Steps per CPU second of the command, all its processes and threads, and its CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "evo",
            "run",
            "neat",
            "cartpole",
            "--seed",
            "1",
            "--generations",
            str(generations),
        ]
        command += ["--set", "run.stop_at_target=false", "--out", folder, "--quiet"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        (run,) = Path(folder).glob("*_s*")
        lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
        resolved = tomllib.loads((run / "config.toml").read_text())
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # A step of CartPole is worth 1, so the mean return is the mean number of steps of an episode.
    counts = np.diff([0, *(line["evaluations"] for line in lines)])
    steps = resolved["problem"]["episodes"] * sum(
        line["mean"] * n for line, n in zip(lines, counts, strict=True)
    )
    return steps / seconds, seconds


def whole(rounds: int) -> Measurement:
    """The command against the peer's loop."""
    generations = 20
    whole_run(1)
    runs = [whole_run(generations) for _ in range(rounds)]
    peer = median(whole_peer(generations) for _ in range(max(1, rounds - 1)))
    seconds = median(s for _, s in runs)
    notes = f"population {POPULATION}, generations 1 to {generations}; {seconds:.2f} CPU s in all"
    return Measurement(
        "CartPole, the whole of evo run",
        "steps / CPU s",
        median(r for r, _ in runs),
        {"neat-python": peer},
        notes,
    )


def step_alone(
    size: int, rates: dict[str, float], rounds: int, connections: float = 0.0
) -> tuple[float, str]:
    """CPU ms of one step, after 20 generations or once genomes have `connections` genes."""
    rng = np.random.default_rng(0)
    # Being noisy, it lets no champion keep a lucky fitness.
    evolution = evo.evolution(
        "neat",
        evo.Network(4, 2),
        noisy=True,
        seed=1,
        settings={"population": size},
        genome=rates,
    )

    def step() -> float:
        fitness = rng.random(size)
        begun = time.process_time_ns()
        evolution.ask()
        evolution.tell(fitness)
        return (time.process_time_ns() - begun) / 1e6

    while evolution.generation < 20 or size_of(evolution) < connections:
        step()
    spent = median(step() for _ in range(rounds))
    assert evolution.population is not None
    species = len(np.unique(evolution.population.columns["species"]))
    return spent, f"{size_of(evolution):.1f} connections, {species} species"


def size_of(evolution: Evolution) -> float:
    """Mean number of connection genes."""
    return (
        0.0
        if evolution.population is None
        else float(evolution.population.genomes.connection_counts.mean())
    )


def step_peer(size: int, warm_up: int, rounds: int) -> float:
    """CPU ms of neat-python's evolution step with random fitness."""
    population, rng, spent = peer_population(size), np.random.default_rng(0), []

    def evaluate(genomes: Any, config: Any) -> None:
        for _, genome in genomes:
            genome.fitness = float(rng.random())

    evaluate(population.population.items(), population.config)
    for generation in range(warm_up + rounds):
        begun = time.process_time_ns()
        config = population.config
        population.population = population.reproduction.reproduce(
            config, population.species, config.pop_size, generation
        )
        population.species.speciate(config, population.population, generation)
        spent.append((time.process_time_ns() - begun) / 1e6)
        evaluate(population.population.items(), config)
    return median(spent[warm_up:])


def measure(quick: bool = False) -> list[Measurement]:
    results = [evaluation_alone(1 if quick else 3), whole(1 if quick else 3)]
    for size in (150,) if quick else (150, 1000, 10_000):
        spent, notes = step_alone(size, PEER_RATES, 15)
        # neat-python needs seconds for a step at 10 000, and more the longer it runs.
        warm_up, rounds = (20, 5) if size < 10_000 else (5, 2)
        peer = step_peer(size, warm_up, rounds)
        results.append(
            Measurement(
                f"evolution step, population {size}", "CPU ms", spent, {"neat-python": peer}, notes
            )
        )
    for size in (150,) if quick else (150, 1000, 10_000):
        spent, notes = step_alone(size, GROWING, 15, CONNECTIONS)
        results.append(
            Measurement(
                f"evolution step, population {size}, genomes of ~100 connections",
                "CPU ms",
                spent,
                {},
                notes,
            )
        )
    return results
