using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using System.Text.Json.Serialization;

namespace MlNetNtd.Tests;

/// <summary>A state survives serialization unchanged, or is refused before anything is written, with the member and a remedy.</summary>
[TestClass]
public sealed class StateContractTests
{
    [TestMethod]
    public void State_that_survives_serialization_is_accepted()
    {
        Kept(new Plain(7, new() { ["w"] = [1f, 2f] }), state => $"{state.Step} {state.Weights["w"][1]}");
        Kept(new Tuples(7, (42, 0.25), [("w", [1f, 2f])]), state => $"{state.Best} {state.Weights[0].Name} {state.Weights[0].Values[1]}");
        Kept(new Fields { Step = 7, Weights = [1f, 2f], Rate = 0.003 }, state => $"{state.Step} {state.Weights[1]} {state.Rate}");
        Kept(new Written(3), state => $"{state.Step}");
        Kept(new Populated { Values = { 1, 2 } }, state => string.Join(' ', state.Values));
        Kept(new Included(3), state => $"{state.Step}");
        Kept(new Cached { Step = 2 }, state => $"{state.Step}");
        Kept(new Shapes(new Named(3, "a")), state => $"{state.Shape}");
        Kept(new Values(new Vector3(1, 2, 3), new KeyValuePair<string, int>("a", 1), Tuple.Create(1, "b"), [1, 2], [3], new DateTime(2026, 11, 28, 0, 0, 0, DateTimeKind.Utc), 4), state => $"{state}");
        Kept(new Collections([1], new Queue<int>([1, 2, 3]), new SortedDictionary<int, string> { [2] = "b", [1] = "a" }, new LinkedList<int>([3, 1]), new(StringComparer.Ordinal) { ["a"] = 1 }),
            state => $"{string.Join(' ', state.Queue)} {string.Join(' ', state.Sorted)} {string.Join(' ', state.Linked)} {state.Named["a"]} {state.Set.Single()}");
        Kept(new DiscriminatorLearnerState { Steps = 1, Passes = 2, OptimizerSteps = 3, Weights = new Dictionary<string, float[]>(), Mean = [1], Square = [2] }, state => $"{state.Passes} {state.Mean[0]}");
    }

    [TestMethod]
    public void State_that_does_not_survive_is_refused_with_advice()
    {
        Refused(new GetOnly(), "'Weights' of GetOnly is written and not read", "give it a public setter");
        Refused(new PrivateSet(), "'Step' of PrivateSet is written and not read", "[JsonInclude]");
        Refused(new Hidden(), "the field 'steps' of Hidden is not written", "[JsonIgnore]");
        Refused(new Exposed(), "'Items' of Exposed is written and not read");
        Refused(new Holder(new Derived(7, [1f])), "'State' of Holder is of the abstract type Base", "[JsonDerivedType");
        Refused(new Unnamed(new UnnamedDerived()), "of which no name is written", "[JsonDerivedType]");
        Refused(new Anything(1), "'Value' of Anything is of type Object, which comes back as a JsonElement");
        Refused(new NoConstructor(1, 2), "which has no constructor that reading can use");
        Refused(new With<Stack<int>>(new([1, 2, 3])), "'Value' of With<Stack<Int32>> is a Stack<Int32>, which comes back in another order: keep its items in a list");
        Refused(new With<ConcurrentStack<int>>(new([1])), "comes back in another order");
        Refused(new With<ConcurrentBag<int>>([1]), "comes back in another order");
        Refused(new With<ImmutableStack<int>>(ImmutableStack.Create(1, 2)), "comes back in another order");
        Refused(new With<ReadOnlyCollection<int>>(new([1])), "can be written and not read");
        Refused(new With<FrozenDictionary<string, int>>(FrozenDictionary<string, int>.Empty), "can be written and not read");
        Refused(new With<History>([1]), "a collection with a member of its own, 'Best'");
        Refused(new With<Random>(new(1)), "of Random is not written");
        Refused(new With<BigInteger>(1), "of BigInteger is");
        Refused(new With<Complex>(1), "of Complex is");
        Refused(new With<List<Dictionary<string, GetOnly>>>([]), "'Weights' of GetOnly is written and not read");
    }

    /// <summary>What the type does not say, and the values do.</summary>
    [TestMethod]
    public void Values_of_derived_types_comparers_and_cycles_are_refused_when_written()
    {
        Kept(new Open(new Opened(1)), state => $"{state.State.Step}");
        Refused(new Open(new OpenedFurther(1, 2)), "expected a Opened, found a OpenedFurther, whose own members would not be written");
        Refused<Opened>(new OpenedFurther(1, 2), "expected a Opened, found a OpenedFurther");
        Refused(new With<List<int>>(new History { 1 }), "expected a List<Int32>, found a History");
        Refused(new With<Dictionary<string, int>>(new(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 }), "would come back with the default comparer");
        Refused(new With<IReadOnlyDictionary<string, int>>(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)), "would come back with the default comparer");
        Refused(new With<SortedSet<int>>(new(Comparer<int>.Create((a, b) => b.CompareTo(a)))), "would come back with the default comparer");
        var cycle = new Node();
        cycle.Next = cycle;
        Refused(cycle, "cycle");
    }

    /// <summary>The deepest state that is written is read: its file is a level deeper.</summary>
    [TestMethod]
    public void Deepest_writable_state_is_read()
    {
        Node Deep(int levels) => new() { Next = levels > 1 ? Deep(levels - 1) : null };
        Kept(Deep(64), state => $"{state.Next is not null}");
        Refused(Deep(65), "depth");
    }

    private static void Kept<T>(T state, Func<T, string> show)
        where T : class => TemporaryFile.Use(path =>
    {
        CheckpointFile.Write(path, new CheckpointFingerprint([]), state);
        Assert.AreEqual(show(state), show(CheckpointFile.Read(path).ReadState<T>()));
    });

    private static void Refused<T>(T state, params string[] phrases)
        where T : class => TemporaryFile.Use(path =>
    {
        using var checkpoint = new TrainingCheckpoint<T>(path, []);
        // Twice: what is known of a type is said again.
        for (var times = 0; times < 2; times++)
            Assert.AreEqual("state", Expect.Error<ArgumentException>(() => checkpoint.Write(state), ["state: it would not come back whole: ", .. phrases]).ParamName);
        Assert.IsFalse(File.Exists(path));
    });

#pragma warning disable CA1051, CA1805, CA1822, CA2227, IDE0032, IDE0044, IDE0051, IDE0052, CS0169, CS0414, CS0649 // Types as people have them.
    private sealed record Plain(int Step, Dictionary<string, float[]> Weights);

    private sealed record Tuples(int Step, (long Round, double Loss) Best, List<(string Name, float[] Values)> Weights);

    private sealed class Fields
    {
        public float[] Weights = [];
        public double Rate = 0.1;

        public int Step { get; set; }
    }

    private sealed class Written(int step)
    {
        private int _step = step;

        public int Step { get => _step; set => _step = value; }

        public int Next => _step + 1;
    }

    private sealed class Populated
    {
        [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
        public List<int> Values { get; } = [];
    }

    private sealed class Included
    {
        public Included() => Step = 0;

        public Included(int step) => Step = step;

        [JsonInclude]
        public int Step { get; private set; }
    }

    private sealed class Cached
    {
        [JsonIgnore]
        private readonly List<int> _cache = [1];

        public int Step { get; set; }

        [JsonIgnore]
        public int Seen { get; private set; }

        public event EventHandler? Changed;

        public void Change() => Changed?.Invoke(this, EventArgs.Empty);
    }

    [JsonDerivedType(typeof(Named), "named")]
    private abstract record Shape(int Size);

    private sealed record Named(int Size, string Name) : Shape(Size);

    private sealed record Shapes(Shape Shape);

    private sealed record Values(
        Vector3 Vector, KeyValuePair<string, int> Pair, Tuple<int, string> Tuple, ImmutableArray<int> Numbers, ImmutableList<int> List, DateTime Time, int? Maybe)
    {
        public override string ToString() => $"{Vector} {Pair} {Tuple} {string.Join(' ', Numbers)} {string.Join(' ', List)} {Time:O} {Time.Kind} {Maybe}";
    }

    private sealed record Collections(HashSet<int> Set, Queue<int> Queue, SortedDictionary<int, string> Sorted, LinkedList<int> Linked, Dictionary<string, int> Named);

    private sealed class GetOnly
    {
        public int Step { get; set; }

        public Dictionary<string, float[]> Weights { get; } = [];
    }

    private sealed class PrivateSet
    {
        public int Step { get; private set; } = 1;
    }

    private sealed class Hidden
    {
        private int _steps = 1;

        public void Step() => _steps++;
    }

    private sealed class Exposed
    {
        private readonly List<int> _items = [1];

        public IReadOnlyList<int> Items => _items;
    }

    private abstract record Base(int Step);

    private sealed record Derived(int Step, float[] Weights) : Base(Step);

    private sealed record Holder(Base State);

    [JsonDerivedType(typeof(UnnamedDerived))]
    private abstract class UnnamedBase
    {
    }

    private sealed class UnnamedDerived : UnnamedBase
    {
    }

    private sealed record Unnamed(UnnamedBase State);

    private sealed record Anything(object Value);

    private sealed class NoConstructor
    {
        public NoConstructor(int step) => Step = step;

        public NoConstructor(int step, int more) => Step = step + more;

        public int Step { get; set; }
    }

    private sealed record With<T>(T Value);

    private sealed class History : List<int>
    {
        public int Best { get; set; }
    }

    private record Opened(int Step);

    private sealed record OpenedFurther(int Step, int More) : Opened(Step);

    private sealed record Open(Opened State);

    private sealed class Node
    {
        public Node? Next { get; set; }
    }
}
