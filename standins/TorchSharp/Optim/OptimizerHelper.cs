#nullable disable
using TorchSharp.Internal;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What optimizers have in common: groups of parameters, a state for each, and both in files.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    private readonly Dictionary<Parameter, ParameterState> _states = new(ReferenceEqualityComparer.Instance);

    public OptimizerHelper()
        : base(IntPtr.Zero)
    {
    }

    public override IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(group => group.Parameters);

    /// <summary>Sets gradients to zero; those that were never computed stay absent.</summary>
    public override void zero_grad()
    {
        foreach (var parameter in parameters())
        {
            using var grad = parameter.grad;
            _ = grad?.zero_();
        }
    }

    public override void add_param_group(ParamGroup param_group) => _parameter_groups.Add(param_group);

    public void save_state_dict(string location)
    {
        using var writer = new BinaryWriter(File.Create(location));
        save_state_dict(writer);
    }

    /// <summary>The optimizer's name, how many groups and parameters it has, and their options and states.</summary>
    public void save_state_dict(BinaryWriter writer)
    {
        writer.Write(GetType().Name);
        Leb128.Write(writer, _parameter_groups.Count);
        Leb128.Write(writer, parameters().Count());
        foreach (var group in _parameter_groups)
            group.Options.SaveStateDict(writer);
        foreach (var parameter in parameters())
            _states[parameter].Save(writer);
    }

    public void load_state_dict(string location)
    {
        using var reader = new BinaryReader(File.OpenRead(location));
        load_state_dict(reader);
    }

    public void load_state_dict(BinaryReader reader)
    {
        var name = reader.ReadString();
        if (name != GetType().Name)
            throw new InvalidDataException($"The state is of the optimizer '{name}', not '{GetType().Name}'.");
        var (groups, states) = (Leb128.Read(reader), Leb128.Read(reader));
        if (groups != _parameter_groups.Count)
            throw new ArgumentException($"The state has {groups} groups of parameters; there are {_parameter_groups.Count}.");
        if (states != parameters().Count())
            throw new ArgumentException($"The state has {states} parameters; there are {parameters().Count()}.");

        foreach (var group in _parameter_groups)
            group.Options.LoadStateDict(reader);
        foreach (var parameter in parameters())
            _states[parameter].Load(reader);
    }

    internal void DisposeStates()
    {
        foreach (var state in _states.Values)
            state.Dispose();
    }

    internal void AddGroup(ParamGroup group, Func<Parameter, ParameterState> newState)
    {
        group.Options.InitialLearningRate = group.LearningRate;
        _parameter_groups.Add(group);
        foreach (var parameter in group.Parameters)
            _states[parameter] = newState(parameter);
    }

    /// <summary>Moves every parameter that has a gradient; nothing of it is recorded.</summary>
    internal Tensor Step<TOptions>(Func<Tensor> closure, Action<Parameter, TensorImpl, ParameterState, TOptions> move)
        where TOptions : OptimizerOptions
    {
        Tensor loss = null;
        if (closure is not null)
        {
            using var recorded = enable_grad();
            loss = closure();
        }

        using var unrecorded = no_grad();
        foreach (var group in _parameter_groups)
        {
            foreach (var parameter in group.Parameters)
            {
                if (parameter.Impl.Grad is not { } grad)
                    continue;
                Graph.CheckInPlace(parameter.Impl);
                move(parameter, grad, _states[parameter], (TOptions)group.Options);
                parameter.Impl.Storage.Version++;
            }
        }

        return loss;
    }
}
