#nullable disable
using TorchSharp.Internal;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Gradient descent, plain or with momentum.</summary>
        public class SGD : OptimizerHelper, optim.IMomentum
        {
            private readonly Options _defaults;

            public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
            {
                if (lr < 0 || momentum < 0 || weight_decay < 0)
                    throw new ArgumentException($"The learning rate ({lr}), the momentum ({momentum}) and the weight decay ({weight_decay}) must not be negative.");
                if (nesterov && (momentum <= 0 || dampening != 0))
                    throw new ArgumentException("Nesterov's momentum needs a momentum and no dampening.");
                _defaults = new Options
                {
                    LearningRate = lr,
                    InitialLearningRate = lr,
                    momentum = momentum,
                    dampening = dampening,
                    weight_decay = weight_decay,
                    nesterov = nesterov,
                    maximize = maximize,
                };
                _parameter_groups = [];
                add_param_group(new Modules.ParamGroup { Parameters = parameters });
            }

            public double Momentum
            {
                get => _defaults.momentum.Value;
                set => _defaults.momentum = value;
            }

            public override void add_param_group(Modules.ParamGroup param_group)
            {
                var options = (Options)(param_group.Options ??= new Options());
                options.Complete(_defaults);
                AddGroup(param_group, _ => new SgdState());
            }

            public override Tensor step(Func<Tensor> closure = null) =>
                Step<Options>(closure, (parameter, grad, state, options) => Move(parameter.Impl, grad, (SgdState)state, options));

            protected override void Dispose(bool disposing)
            {
                base.Dispose(disposing);
                DisposeStates();
            }

            private static void Move(TensorImpl parameter, TensorImpl grad, SgdState state, Options options)
            {
                if (options.weight_decay != 0)
                    grad = Plus(grad, parameter, options.weight_decay.Value);

                if (options.momentum != 0)
                {
                    state.Momentum = state.Momentum is null
                        ? CopyKernel.Contiguous(grad)
                        : Plus(GradMath.Scale(state.Momentum, options.momentum.Value), grad, 1 - options.dampening.Value);
                    grad = options.nesterov.Value ? Plus(grad, state.Momentum, options.momentum.Value) : state.Momentum;
                }

                var rate = options.LearningRate.Value;
                CopyKernel.Copy(Plus(parameter, grad, options.maximize.Value ? rate : -rate), parameter);
            }

            private static TensorImpl Plus(TensorImpl a, TensorImpl b, double factor) =>
                BinaryKernel.Run(BinaryOp.Add, a, GradMath.Scale(b, factor), a.DType);

#pragma warning disable CA1051 // Fields in the real package too.
            /// <summary>Options of a group.</summary>
            public class Options : OptimizerOptions
            {
                public double? momentum;
                public double? dampening;
                public double? weight_decay;
                public bool? nesterov;
                public bool? maximize;

                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    writer.Write(momentum.Value);
                    writer.Write(dampening.Value);
                    writer.Write(weight_decay.Value);
                    writer.Write(nesterov.Value);
                    writer.Write(maximize.Value);
                }

                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    momentum = reader.ReadDouble();
                    dampening = reader.ReadDouble();
                    weight_decay = reader.ReadDouble();
                    nesterov = reader.ReadBoolean();
                    maximize = reader.ReadBoolean();
                }

                internal void Complete(Options defaults)
                {
                    LearningRate ??= defaults.LearningRate;
                    momentum ??= defaults.momentum;
                    dampening ??= defaults.dampening;
                    weight_decay ??= defaults.weight_decay;
                    nesterov ??= defaults.nesterov;
                    maximize ??= defaults.maximize;
                }
            }
#pragma warning restore CA1051
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
        }
    }
}
