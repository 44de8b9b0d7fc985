namespace Descent.Tensors.Tests.Ops;

public class EinsumTests
{
    public static TheoryData<string, int[][]> Equations => new()
    {
        { "ij,jk->ik", [[3, 4], [4, 2]] }, { "bij,bjk->bik", [[2, 3, 4], [2, 4, 2]] }, { "ii->i", [[3, 3]] }, { "ij->ji", [[3, 4]] },
        { "i,j->ij", [[3], [4]] }, { "bhqd,bhkd->bhqk", [[2, 2, 3, 4], [2, 2, 5, 4]] }, { "ij,ij->", [[3, 4], [3, 4]] },
        { "...i,ij->...j", [[2, 3, 4], [4, 2]] }, { "ab,bc,cd->ad", [[2, 3], [3, 4], [4, 2]] }, { "ii", [[3, 3]] }, { "ij->", [[3, 4]] },
        { "ba", [[3, 4]] }, { "iij->j", [[2, 2, 3]] }, { "ij,kl->jk", [[2, 3], [4, 2]] }, { "ij,jk", [[1, 4], [4, 2]] },
        { "ij,jk->ik", [[3, 1], [4, 2]] }, { "bij,bij->bj", [[1, 3, 4], [2, 3, 4]] }, { "iijj->ij", [[2, 2, 3, 3]] }, { ",i->i", [[], [3]] },
        { "abc,cd,bd->a", [[2, 3, 4], [4, 2], [3, 2]] }, { "ijkl,klm->mij", [[2, 3, 2, 2], [2, 2, 3]] }, { "i j , j k -> k i", [[3, 4], [4, 2]] },
        { "ij,jk->ik", [[0, 4], [4, 2]] }, { "ij,jk->ik", [[3, 0], [0, 2]] },
    };

    [Theory, MemberData(nameof(Equations))]
    public void Sums_agree_with_loops(string equation, int[][] shapes)
    {
        Tensor[] operands = [.. shapes.Select((s, i) => MatMulTests.Draw(s, i + 1))];
        var got = Tensor.Einsum(equation, operands);
        var want = Loops(equation, operands);
        Assert.Equal(want.Values, got.Contiguous().AsSpan<double>().ToArray());
        Assert.Equal(new Shape(want.Shape), got.Shape);
        if (got.Elements > 0) GradientCheck.Verify(x => Tensor.Einsum(equation, x), operands);
    }

    [Fact]
    public void Dimensions_of_the_ellipsis_broadcast()
    {
        var (a, b) = (MatMulTests.Draw([2, 1, 3, 4], 1), MatMulTests.Draw([5, 4, 2], 2));
        var got = Tensor.Einsum("...ij,...jk->...ik", a, b);
        Assert.Equal(new Shape(2, 5, 3, 2), got.Shape);
        Assert.Equal(a.MatMul(b).AsSpan<double>().ToArray(), got.Contiguous().AsSpan<double>().ToArray());
        Assert.Equal(got.Contiguous().AsSpan<double>().ToArray(), Tensor.Einsum("...ij,...jk", a, b).Contiguous().AsSpan<double>().ToArray());
    }

    [Theory]
    [InlineData("ij,jk->ik", 1, "2 terms, but 1 operands")]
    [InlineData("ijk->i", 1, "names 3 dimensions, but the operand has shape (2, 3)")]
    [InlineData("ij->k", 1, "'k' in the result")]
    [InlineData("ij->ii", 1, "'i' in the result")]
    [InlineData("i1->i", 1, "holds '1'")]
    [InlineData("ij,ij", 2, "both 2 and 3")]
    public void Mistakes_are_named(string equation, int operands, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(
            () => Tensor.Einsum(equation, [.. Enumerable.Range(0, operands).Select(i => Tensor.Zeros(i == 0 ? [2, 3] : [3, 2]))])).Message);

    /// <summary>Every assignment of every letter, one after another.</summary>
    static (double[] Values, int[] Shape) Loops(string equation, Tensor[] operands)
    {
        equation = equation.Replace(" ", "").Replace("...", "Z");
        string[] sides = equation.Split("->"), terms = sides[0].Split(',');
        string output = sides.Length > 1 ? sides[1]
            : string.Concat(sides[0].Replace(",", "").GroupBy(c => c).Where(g => g.Count() == 1).Select(g => g.Key).Order());
        // Where there is an ellipsis in the table, it stands for two dimensions.
        terms = [.. terms.Select(t => t.Replace("Z", "XY"))];
        output = output.Replace("Z", "XY");
        string letters = string.Concat(terms).Length == 0 ? "" : new([.. string.Concat(terms).Distinct()]);
        int Size(char c) => terms.SelectMany((t, i) => t.Select((l, d) => l == c ? operands[i].Shape[d] : -1)).Max();
        int[] sizes = [.. letters.Select(Size)];
        if (terms.SelectMany((t, i) => operands[i].Shape).Contains(0)) sizes = [.. letters.Select(c => terms.SelectMany((t, i) =>
            t.Select((l, d) => l == c ? operands[i].Shape[d] : int.MaxValue)).Min())];
        int[] shape = [.. output.Select(c => sizes[letters.IndexOf(c)])];
        var result = new double[shape.Aggregate(1, (a, b) => a * b)];
        for (int at = 0; at < sizes.Aggregate(1, (a, b) => a * b); at++)
        {
            var index = new int[sizes.Length];
            for (int i = sizes.Length - 1, rest = at; i >= 0; i--) (rest, index[i]) = Math.DivRem(rest, sizes[i]);
            double product = 1;
            for (int i = 0; i < operands.Length; i++)
            {
                int place = 0;
                for (int d = 0; d < terms[i].Length; d++)
                    place = place * operands[i].Shape[d] + (operands[i].Shape[d] == 1 ? 0 : index[letters.IndexOf(terms[i][d])]);
                product *= operands[i].AsSpan<double>()[place];
            }
            int target = 0;
            for (int d = 0; d < output.Length; d++) target = target * shape[d] + index[letters.IndexOf(output[d])];
            result[target] += product;
        }
        return (result, shape);
    }
}
