#nullable disable

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>First values, written in place and not recorded.</summary>
        public static class init
        {
            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);

            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                using var unrecorded = no_grad();
                return tensor.fill_(val);
            }

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator generator = null)
            {
                using var unrecorded = no_grad();
                return tensor.uniform_(low, high);
            }

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator generator = null)
            {
                using var unrecorded = no_grad();
                return tensor.normal_(mean, std);
            }
        }
    }
}
