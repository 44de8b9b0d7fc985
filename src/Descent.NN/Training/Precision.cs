using System.Text.Json.Serialization;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>The arithmetic of products while training; parameters, their gradients and the optimizers' states are always float32.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Precision>))]
public enum Precision
{
    /// <summary>float32 throughout.</summary>
    Float32,

    /// <summary><see cref="Autocast"/> to BFloat16.</summary>
    BFloat16,

    /// <summary><see cref="Autocast"/> to Float16, with a <see cref="GradScaler"/>.</summary>
    Float16,
}

static class Precisions
{
    extension(Precision precision)
    {
        /// <summary>The region that forward passes run in.</summary>
        internal Autocast.Scope Enter() => precision switch
        {
            Precision.BFloat16 => Autocast.Enter(DType.BFloat16),
            Precision.Float16 => Autocast.Enter(DType.Float16),
            _ => Autocast.Disable(),
        };
    }
}
