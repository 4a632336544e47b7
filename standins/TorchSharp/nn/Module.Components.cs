#nullable disable
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What a module consists of.</summary>
        public partial class Module
        {
            /// <summary>
            /// Buffers by name. In TorchSharp 0.102.8 buffers that are not persistent never appear here, whatever
            /// <paramref name="include_nonpersistent"/> says; so to() does not move them and Dispose leaves them.
            /// </summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = NewSeen();
                foreach (var (bufferName, (buffer, persistent)) in _internal_buffers)
                {
                    if (persistent && IsNew(seen, buffer))
                        yield return (bufferName, buffer);
                }

                if (!recurse)
                    yield break;
                foreach (var (childName, child) in _internal_submodules)
                {
                    foreach (var (bufferName, buffer) in child.named_buffers(true, include_nonpersistent))
                    {
                        if (IsNew(seen, buffer))
                            yield return ($"{childName}.{bufferName}", buffer);
                    }
                }
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(entry => entry.buffer);

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = NewSeen();
                foreach (var (parameterName, parameter) in _internal_params)
                {
                    if (IsNew(seen, parameter))
                        yield return (parameterName, parameter);
                }

                if (!recurse)
                    yield break;
                foreach (var (childName, child) in _internal_submodules)
                {
                    foreach (var (parameterName, parameter) in child.named_parameters(true))
                    {
                        if (IsNew(seen, parameter))
                            yield return ($"{childName}.{parameterName}", parameter);
                    }
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) =>
                named_parameters(recurse).Select(entry => entry.parameter);

            public virtual IEnumerable<(string name, Module module)> named_children() => _internal_submodules;

            public virtual IEnumerable<Module> children() => named_children().Select(entry => entry.module);

            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in _internal_submodules)
                    yield return child;
                foreach (var (childName, child) in _internal_submodules)
                {
                    foreach (var (moduleName, module) in child.named_modules())
                        yield return ($"{childName}.{moduleName}", module);
                }
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(entry => entry.module);

            public virtual bool has_buffer(string target) =>
                _internal_buffers.ContainsKey(target) || InChild(target, (child, rest) => child.has_buffer(rest));

            public virtual bool has_parameter(string target) =>
                _internal_params.ContainsKey(target) || InChild(target, (child, rest) => child.has_parameter(rest));

            public virtual Tensor get_buffer(string target)
            {
                ArgumentNullException.ThrowIfNull(target);
                return _internal_buffers.TryGetValue(target, out var found)
                    ? found.Item1
                    : InChild(target, (child, rest) => child.get_buffer(rest));
            }

            public virtual Parameter get_parameter(string target) =>
                _internal_params.TryGetValue(target, out var found)
                    ? found
                    : InChild(target, (child, rest) => child.get_parameter(rest));

            /// <summary>Asks the child that the first part of a dotted name says.</summary>
            private T InChild<T>(string target, Func<Module, string, T> ask)
            {
                var dot = target.IndexOf('.', StringComparison.Ordinal);
                if (dot < 0)
                    return default;
                var child = named_children().FirstOrDefault(entry => entry.name == target[..dot]).module;
                return child is null ? default : ask(child, target[(dot + 1)..]);
            }

            private static HashSet<Tensor> NewSeen() => new(ReferenceEqualityComparer.Instance);

            /// <summary>A component counts once, and not after it was disposed.</summary>
            private static bool IsNew(HashSet<Tensor> seen, Tensor tensor) => !tensor.IsInvalid && seen.Add(tensor);
        }
    }
}
