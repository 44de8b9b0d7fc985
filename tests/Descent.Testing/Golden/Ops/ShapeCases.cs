using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Views and other arrangements of the same elements.</summary>
static class ShapeCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["reshape"] = c => c["input"].Reshape(c.Ints("shape")),
        ["transpose"] = c => c["input"].Transpose(c.Int("dim0"), c.Int("dim1")),
        ["expand"] = c => c["input"].Expand(c.Ints("sizes")),
        ["flatten"] = c => c["input"].Flatten(c.Int("start_dim", 0), c.Int("end_dim", -1)),
        ["squeeze"] = c => c.MaybeInt("dim") is { } dim ? c["input"].Squeeze(dim) : c["input"].Squeeze(),
        ["unsqueeze"] = c => c["input"].Unsqueeze(c.Int("dim")),
        ["permute"] = c => c["input"].Permute(c.Ints("dims")),
        ["permute_reshape"] = c => c["input"].Permute(c.Ints("dims")).Reshape(c.Ints("shape")),
        ["movedim"] = c => c["input"].Movedim(c.Ints("source"), c.Ints("destination")),
        ["cat"] = c => Tensor.Cat(c.List("tensors"), c.Int("dim", 0)),
        ["stack"] = c => Tensor.Stack(c.List("tensors"), c.Int("dim", 0)),
        ["chunk"] = c => c["input"].Chunk(c.Int("chunks"), c.Int("dim", 0)),
        ["split"] = c => c.Arg("split_size_or_sections").ValueKind == System.Text.Json.JsonValueKind.Number ? c["input"].Split(c.Int("split_size_or_sections"), c.Int("dim", 0)) : c["input"].Split(c.Ints("split_size_or_sections"), c.Int("dim", 0)),
        ["slice"] = c => c.Arg("slices").EnumerateArray().Index().Aggregate(c["input"], (x, at) => x.Slice(at.Index, GoldenCall.MaybeInt(at.Item[0]), GoldenCall.MaybeInt(at.Item[1]), GoldenCall.MaybeInt(at.Item[2]) ?? 1)),
        ["diagonal"] = c => c["input"].Diagonal(c.Int("offset", 0), c.Int("dim1", 0), c.Int("dim2", 1)),
        ["diag_embed"] = c => c["input"].DiagEmbed(c.Int("offset", 0), c.Int("dim1", -2), c.Int("dim2", -1)),
        ["one_hot"] = c => c["input"].OneHot(c.Int("num_classes")),
        ["repeat"] = c => c["input"].Repeat(c.Ints("repeats")),
        ["repeat_interleave"] = c => c["input"].RepeatInterleave(c.Int("repeats"), c.MaybeInt("dim")),
        ["flip"] = c => c["input"].Flip(c.Ints("dims")),
        ["roll"] = c => c.MaybeInts("dims") is { } dims ? c["input"].Roll(c.Ints("shifts"), dims) : c["input"].Roll(c.Int("shifts")),
        ["rot90"] = c => c["input"].Rot90(c.Int("k"), c.Ints("dims")[0], c.Ints("dims")[1]),
        ["tril"] = c => c["input"].Tril(c.Int("diagonal", 0)),
        ["triu"] = c => c["input"].Triu(c.Int("diagonal", 0)),
        ["meshgrid"] = c => Tensor.Meshgrid(c.List("tensors"), c.MaybeText("indexing") ?? "ij"),
        ["tensor_unfold"] = c => c["input"].Unfold(c.Int("dimension"), c.Int("size"), c.Int("step")),
        ["unfold"] = c => F.Unfold(c["input"], c.Pair("kernel_size"), c.Pair("dilation", 1), c.Pair("padding", 0), c.Pair("stride", 1)),
        ["fold"] = c => F.Fold(c["input"], c.Pair("output_size"), c.Pair("kernel_size"), c.Pair("dilation", 1), c.Pair("padding", 0), c.Pair("stride", 1)),
        ["pad"] = c => c["input"].Pad(c.Ints("pad"), Enum.Parse<PaddingMode>(c.Text("mode"), ignoreCase: true), c.Double("value", 0)),
    };
}
