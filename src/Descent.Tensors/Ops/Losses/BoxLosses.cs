namespace Descent.Tensors;

public static partial class F
{
    /// <summary><c>1 − IoU + |hull − union| / |hull|</c> of boxes, with the smallest box around both as hull.</summary>
    /// <remarks>Rezatofighi et al., "Generalized Intersection over Union", CVPR 2019, arXiv:1902.09630.</remarks>
    /// <param name="input">Boxes <c>(..., 4)</c> as x₁, y₁, x₂, y₂ with <c>x₁ ≤ x₂</c> and <c>y₁ ≤ y₂</c>.</param>
    /// <param name="target">Boxes of the same shape.</param>
    /// <param name="eps">Keeps quotients of empty boxes finite.</param>
    /// <param name="reduction">What is done with the boxes.</param>
    /// <exception cref="ShapeException">The shapes differ, or the last dimension is not 4.</exception>
    public static Tensor GeneralizedBoxIouLoss(Tensor input, Tensor target, double eps = 1e-7, Reduction reduction = Reduction.Mean)
    {
        var pair = new BoxPair(input, target, eps, nameof(GeneralizedBoxIouLoss));
        var hull = pair.HullWidth * pair.HullHeight;
        return reduction.Apply(pair.Iou.RSub(1) + (hull - pair.Union) / hull.Add(eps)).Like(input);
    }

    /// <summary><c>1 − IoU + d² / c²</c>, with d the distance of the centres and c the diagonal of the smallest box around both.</summary>
    /// <remarks>Zheng et al., "Distance-IoU Loss", AAAI 2020, arXiv:1911.08287.</remarks>
    /// <inheritdoc cref="GeneralizedBoxIouLoss"/>
    public static Tensor DistanceBoxIouLoss(Tensor input, Tensor target, double eps = 1e-7, Reduction reduction = Reduction.Mean)
    {
        var pair = new BoxPair(input, target, eps, nameof(DistanceBoxIouLoss));
        return reduction.Apply(pair.Iou.RSub(1) + pair.CentreDistance).Like(input);
    }

    /// <summary>
    /// <see cref="DistanceBoxIouLoss"/> and <c>α v</c>, where <c>v = 4/π² (atan(w/h) − atan(w'/h'))²</c> compares the aspect ratios and
    /// <c>α = v / (1 − IoU + v)</c> is taken as a constant.
    /// </summary>
    /// <remarks>Zheng et al., "Distance-IoU Loss", AAAI 2020, arXiv:1911.08287.</remarks>
    /// <inheritdoc cref="GeneralizedBoxIouLoss"/>
    public static Tensor CompleteBoxIouLoss(Tensor input, Tensor target, double eps = 1e-7, Reduction reduction = Reduction.Mean)
    {
        var pair = new BoxPair(input, target, eps, nameof(CompleteBoxIouLoss));
        var gap = pair.Target.Width.Atan2(pair.Target.Height) - pair.Input.Width.Atan2(pair.Input.Height);
        var v = gap.Square().Mul(4 / (Math.PI * Math.PI));
        Tensor alpha;
        using (Autograd.NoGrad()) alpha = v / (pair.Iou.RSub(1) + v).Add(eps);
        return reduction.Apply(pair.Iou.RSub(1) + pair.CentreDistance + alpha * v).Like(input);
    }

    /// <summary>What the box losses share: overlap, hull and distance of boxes with their targets.</summary>
    readonly struct BoxPair
    {
        internal readonly record struct Box(Tensor Left, Tensor Top, Tensor Right, Tensor Bottom)
        {
            internal Tensor Width => Right - Left;
            internal Tensor Height => Bottom - Top;

            internal static Box Of(Tensor x) => new(x.Select(-1, 0), x.Select(-1, 1), x.Select(-1, 2), x.Select(-1, 3));
        }

        internal readonly Box Input, Target;
        internal readonly Tensor Union, Iou, HullWidth, HullHeight;
        readonly double _eps;

        internal BoxPair(Tensor input, Tensor target, double eps, string operation)
        {
            CheckSame(input, target, operation);
            if (input.Rank == 0 || input.Shape[^1] != 4) throw new ShapeException($"{operation}: the boxes' shape is {input.Shape}; expected (..., 4) with x₁, y₁, x₂, y₂.");
            (Input, Target, _eps) = (Box.Of(input.Wide()), Box.Of(target.Wide()), eps);
            var width = (Input.Right.Minimum(Target.Right) - Input.Left.Maximum(Target.Left)).Relu();
            var height = (Input.Bottom.Minimum(Target.Bottom) - Input.Top.Maximum(Target.Top)).Relu();
            var shared = width * height;
            Union = Input.Width * Input.Height + Target.Width * Target.Height - shared;
            Iou = shared / Union.Add(eps);
            HullWidth = Input.Right.Maximum(Target.Right) - Input.Left.Minimum(Target.Left);
            HullHeight = Input.Bottom.Maximum(Target.Bottom) - Input.Top.Minimum(Target.Top);
        }

        /// <summary>The squared distance of the centres over the squared diagonal of the hull.</summary>
        internal Tensor CentreDistance
        {
            get
            {
                var across = (Input.Left + Input.Right - Target.Left - Target.Right).Mul(0.5);
                var down = (Input.Top + Input.Bottom - Target.Top - Target.Bottom).Mul(0.5);
                return (across.Square() + down.Square()) / (HullWidth.Square() + HullHeight.Square()).Add(_eps);
            }
        }
    }
}
