#nullable disable
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Optimizers.</summary>
    public static partial class optim
    {
        /// <summary>Moves parameters by their gradients.</summary>
        public abstract partial class Optimizer : IDisposable
        {
#pragma warning disable CA1051 // A field in the real package too.
            protected IList<ParamGroup> _parameter_groups;
#pragma warning restore CA1051

            /// <summary>There is no native optimizer to hold.</summary>
            protected Optimizer(IntPtr handle)
            {
            }

            ~Optimizer() => Dispose(false);

            /// <summary>The groups' learning rates, to be read and set.</summary>
            public virtual IEnumerable<ILearningRateController> ParamGroups => _parameter_groups;

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
            }

            public virtual void zero_grad() => throw new NotImplementedException();

            public virtual void add_param_group(ParamGroup param_group) => throw new NotImplementedException();

            public virtual Tensor step(Func<Tensor> closure = null) => throw new NotImplementedException();

            public virtual IEnumerable<Parameter> parameters() => throw new NotImplementedException();
        }

        public interface ILearningRateController
        {
            double LearningRate { get; set; }

            double InitialLearningRate { get; set; }
        }

        public interface IMomentum
        {
            double Momentum { get; set; }
        }

        public interface IBetas
        {
            (double, double) Betas { get; set; }
        }
    }
}
