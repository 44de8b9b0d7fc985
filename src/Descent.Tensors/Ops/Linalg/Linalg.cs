namespace Descent.Tensors;

/// <summary>
/// Linear algebra of matrices <c>(..., m, n)</c> of Float32 or Float64, batched over the leading dimensions. It is
/// computed in double precision; gradients of gradients are defined where the text does not say otherwise.
/// </summary>
public static class Linalg
{
    /// <summary>X with <c>A·X = B</c>.</summary>
    /// <param name="a">Square matrices, <c>(..., n, n)</c>.</param>
    /// <param name="b">Right sides <c>(..., n, k)</c>, broadcast against the matrices, or one vector <c>(..., n)</c> for each.</param>
    /// <returns>Of the shape of <paramref name="b"/>, broadcast.</returns>
    /// <exception cref="ShapeException">The shapes are not such.</exception>
    /// <exception cref="ArithmeticException">A matrix is singular.</exception>
    public static Tensor Solve(Tensor a, Tensor b) => LinalgSolve.Solve(a, b);

    /// <summary>A⁻¹. To multiply by it, <see cref="Solve"/> is faster and more precise.</summary>
    /// <param name="a">Square matrices, <c>(..., n, n)</c>.</param>
    /// <exception cref="ShapeException">They are not square.</exception>
    /// <exception cref="ArithmeticException">A matrix is singular.</exception>
    public static Tensor Inverse(Tensor a) => LinalgSolve.Inverse(a);

    /// <summary>The determinant, of shape <c>(...)</c>. The gradient is defined for singular matrices too, there only once.</summary>
    /// <param name="a">Square matrices, <c>(..., n, n)</c>.</param>
    /// <exception cref="ShapeException">They are not square.</exception>
    public static Tensor Det(Tensor a) => LinalgSolve.Det(a);

    /// <summary>The determinant's sign, 0 for a singular matrix, and the logarithm of its magnitude, both of shape <c>(...)</c>.</summary>
    /// <param name="a">Square matrices, <c>(..., n, n)</c>.</param>
    /// <exception cref="ShapeException">They are not square.</exception>
    public static (Tensor Sign, Tensor LogAbsDet) SlogDet(Tensor a) => LinalgSolve.SlogDet(a);

    /// <summary>The lower triangular L with <c>A = L·Lᵀ</c>. Only the lower triangle of A is read; its gradient is symmetric.</summary>
    /// <param name="a">Symmetric positive definite matrices, <c>(..., n, n)</c>.</param>
    /// <exception cref="ShapeException">They are not square.</exception>
    /// <exception cref="ArithmeticException">A matrix is not positive definite.</exception>
    public static Tensor Cholesky(Tensor a) => LinalgFactor.Cholesky(a);

    /// <summary>Orthonormal columns Q and an upper triangular R with <c>A = Q·R</c>.</summary>
    /// <param name="a">Matrices <c>(..., m, n)</c>.</param>
    /// <param name="complete">Q of <c>(m, m)</c> and R of <c>(m, n)</c>, instead of <c>(m, k)</c> and <c>(k, n)</c> with k = min(m, n).
    /// With more rows than columns that has no gradient.</param>
    /// <exception cref="ShapeException">There are no matrices.</exception>
    public static (Tensor Q, Tensor R) Qr(Tensor a, bool complete = false) => LinalgFactor.Qr(a, complete);

    /// <summary>
    /// <c>A = U·diag(S)·Vh</c> with orthonormal U and Vhᵀ and falling S. Signs of vectors are arbitrary; their gradients are not
    /// defined where singular values are equal or 0.
    /// </summary>
    /// <param name="a">Matrices <c>(..., m, n)</c>.</param>
    /// <param name="fullMatrices">U of <c>(m, m)</c> and Vh of <c>(n, n)</c>, instead of <c>(m, k)</c> and <c>(k, n)</c> with k = min(m, n).</param>
    /// <exception cref="ShapeException">There are no matrices.</exception>
    /// <exception cref="ArgumentException">They hold NaN or infinity.</exception>
    public static (Tensor U, Tensor S, Tensor Vh) Svd(Tensor a, bool fullMatrices = true) => LinalgSpectral.Svd(a, fullMatrices);

    /// <summary>
    /// <c>A·V = V·diag(w)</c> with rising eigenvalues and orthonormal columns of V. Only the lower triangle of A is read; its
    /// gradient is symmetric, and not defined through vectors of equal eigenvalues.
    /// </summary>
    /// <param name="a">Symmetric matrices, <c>(..., n, n)</c>.</param>
    /// <exception cref="ShapeException">They are not square.</exception>
    /// <exception cref="ArgumentException">They hold NaN or infinity.</exception>
    public static (Tensor Eigenvalues, Tensor Eigenvectors) Eigh(Tensor a) => LinalgSpectral.Eigh(a);

    /// <summary>The pseudo-inverse of Moore and Penrose, <c>(..., n, m)</c>.</summary>
    /// <param name="a">Matrices <c>(..., m, n)</c>.</param>
    /// <param name="rtol">Singular values up to this part of the largest count as 0; by default max(m, n) times the type's epsilon.</param>
    /// <exception cref="ShapeException">There are no matrices.</exception>
    /// <exception cref="ArgumentException">They hold NaN or infinity.</exception>
    public static Tensor Pinv(Tensor a, double? rtol = null) => LinalgLeastSquares.Pinv(a, rtol);

    /// <summary>The X of least norm among those with the least <c>‖A·X − B‖</c>, <c>(..., n, k)</c>.</summary>
    /// <param name="a">Matrices <c>(..., m, n)</c> of any rank.</param>
    /// <param name="b">Right sides, <c>(..., m, k)</c>.</param>
    /// <exception cref="ShapeException">The shapes are not such.</exception>
    public static Tensor LstSq(Tensor a, Tensor b) => LinalgLeastSquares.LstSq(a, b);

    /// <summary>The product of <paramref name="exponent"/> copies of A, or of A⁻¹ where it is negative.</summary>
    /// <param name="a">Square matrices, <c>(..., n, n)</c>.</param>
    /// <param name="exponent">Any integer.</param>
    /// <exception cref="ShapeException">They are not square.</exception>
    /// <exception cref="ArithmeticException">The exponent is negative, and a matrix is singular.</exception>
    public static Tensor MatrixPower(Tensor a, int exponent) => LinalgLeastSquares.MatrixPower(a, exponent);

    /// <summary>
    /// The norm of vectors where one dimension is given, or of all elements where neither an order nor dimensions are; the
    /// norm of matrices where two are given, or where an order is and the tensor is a matrix.
    /// </summary>
    /// <param name="x">Any floating tensor.</param>
    /// <param name="order">By default 2 for vectors and Frobenius for matrices.</param>
    /// <param name="dims">One or two dimensions, or none.</param>
    /// <param name="keepDim">Keep the dimensions with size 1.</param>
    /// <exception cref="ArgumentException">There is no such norm.</exception>
    public static Tensor Norm(Tensor x, NormOrder? order = null, int[]? dims = null, bool keepDim = false) =>
        LinalgNorm.Norm(x, order, dims, keepDim);

    /// <summary><c>(Σ|x|ᵖ)^(1/p)</c>; the largest or least magnitude for p = ±infinity; the number of elements that are not 0 for p = 0.</summary>
    /// <param name="x">Any floating tensor.</param>
    /// <param name="p">The order.</param>
    /// <param name="dims">The dimensions of the vectors; by default all.</param>
    /// <param name="keepDim">Keep the dimensions with size 1.</param>
    /// <returns>Of the shape without those dimensions. The gradient at 0 is 0.</returns>
    public static Tensor VectorNorm(Tensor x, double p = 2, int[]? dims = null, bool keepDim = false) =>
        x.Norm(p, dims ?? [], keepDim);

    /// <summary>The norm of matrices: see <see cref="NormOrder"/>.</summary>
    /// <param name="x">Floating tensors of at least two dimensions.</param>
    /// <param name="order">By default Frobenius.</param>
    /// <param name="dims">The dimensions of the rows and of the columns; by default the last two.</param>
    /// <param name="keepDim">Keep the dimensions with size 1.</param>
    /// <exception cref="ArgumentException">There is no such norm.</exception>
    public static Tensor MatrixNorm(Tensor x, NormOrder? order = null, int[]? dims = null, bool keepDim = false) =>
        LinalgNorm.Matrix(x, order ?? NormOrder.Frobenius, dims ?? [-2, -1], keepDim);
}
