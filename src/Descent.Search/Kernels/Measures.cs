using System.Runtime.Intrinsics;

namespace Descent.Search;

/// <summary>A distance that is a sum over the elements.</summary>
interface IMeasure
{
    static abstract VectorMetric Metric { get; }

    static abstract Vector128<float> Add(Vector128<float> sum, Vector128<float> a, Vector128<float> b);

    static abstract Vector256<float> Add(Vector256<float> sum, Vector256<float> a, Vector256<float> b);

    static abstract Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b);

    /// <summary>The distance, from the sum.</summary>
    static abstract float Finish(float sum);
}

readonly struct SquaredEuclideanMeasure : IMeasure
{
    public static VectorMetric Metric => VectorMetric.SquaredEuclidean;

    public static Vector128<float> Add(Vector128<float> sum, Vector128<float> a, Vector128<float> b) => Vector128.FusedMultiplyAdd(a - b, a - b, sum);

    public static Vector256<float> Add(Vector256<float> sum, Vector256<float> a, Vector256<float> b) => Vector256.FusedMultiplyAdd(a - b, a - b, sum);

    public static Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b) => Vector512.FusedMultiplyAdd(a - b, a - b, sum);

    public static float Finish(float sum) => sum;
}

readonly struct InnerProductMeasure : IMeasure
{
    public static VectorMetric Metric => VectorMetric.InnerProduct;

    public static Vector128<float> Add(Vector128<float> sum, Vector128<float> a, Vector128<float> b) => Vector128.FusedMultiplyAdd(a, b, sum);

    public static Vector256<float> Add(Vector256<float> sum, Vector256<float> a, Vector256<float> b) => Vector256.FusedMultiplyAdd(a, b, sum);

    public static Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b) => Vector512.FusedMultiplyAdd(a, b, sum);

    public static float Finish(float sum) => -sum;
}

/// <summary>The inner product of vectors that were made unit length when they came in.</summary>
readonly struct CosineMeasure : IMeasure
{
    public static VectorMetric Metric => VectorMetric.Cosine;

    public static Vector128<float> Add(Vector128<float> sum, Vector128<float> a, Vector128<float> b) => InnerProductMeasure.Add(sum, a, b);

    public static Vector256<float> Add(Vector256<float> sum, Vector256<float> a, Vector256<float> b) => InnerProductMeasure.Add(sum, a, b);

    public static Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b) => InnerProductMeasure.Add(sum, a, b);

    public static float Finish(float sum) => 1 - sum;
}
