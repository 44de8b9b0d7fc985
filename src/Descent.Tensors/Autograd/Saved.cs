namespace Descent.Tensors;

/// <summary>A tensor kept for backward, with the version it had: reading it after an in-place change is an error.</summary>
readonly struct Saved
{
    readonly Tensor _tensor;
    readonly int _version;

    internal Saved(Tensor tensor) => (_tensor, _version) = (tensor, tensor.Version);

    /// <summary>The tensor as it was saved.</summary>
    /// <exception cref="InvalidOperationException">It was changed in place since.</exception>
    internal Tensor Value => _tensor.Version == _version ? _tensor : throw new InvalidOperationException(
        $"Backward needs a tensor of shape {_tensor.Shape} as it was in the forward pass, but it was changed in place since " +
        $"(version {_tensor.Version}, expected {_version}). Clone it before the in-place operation. " +
        "Autograd.DetectAnomaly() tells where the forward operation was called.");

    public static implicit operator Tensor(Saved saved) => saved.Value;
}

static class Saving
{
    extension(Tensor x)
    {
        /// <summary>This tensor, to be read in backward.</summary>
        internal Saved Saved => new(x);
    }
}
