using Descent.Tensors;

namespace Descent.NN;

/// <summary>
/// Teaches a student what a teacher says, and what is true:
/// <c>alpha · T² · KL(softmax(teacher / T) ‖ softmax(student / T)) + (1 − alpha) · CE(student, target)</c>.
/// </summary>
/// <remarks>Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015, arXiv:1503.02531.</remarks>
/// <param name="temperature">T, above 0: the higher, the more the teacher's small probabilities count. T² keeps the gradients' size.</param>
/// <param name="alpha">The share of the teacher, 0 to 1.</param>
public sealed class DistillationLoss(double temperature = 4, double alpha = 0.5)
{
    readonly double _temperature = temperature > 0 ? temperature
        : throw new ArgumentOutOfRangeException(nameof(temperature), temperature, $"DistillationLoss: the temperature is {temperature}; it must be above 0.");

    readonly double _alpha = alpha is >= 0 and <= 1 ? alpha
        : throw new ArgumentOutOfRangeException(nameof(alpha), alpha, $"DistillationLoss: alpha is {alpha}; it must be from 0 to 1.");

    /// <param name="student">Logits <c>(N, C)</c>.</param>
    /// <param name="teacher">Logits of the same shape; no gradient flows to them.</param>
    /// <param name="target">Classes <c>(N)</c>.</param>
    /// <returns>One number, the mean over the samples.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor student, Tensor teacher, Tensor target)
    {
        if (student.Shape != teacher.Shape || student.Rank != 2)
            throw new ShapeException($"DistillationLoss: the student's logits have the shape {student.Shape}, the teacher's {teacher.Shape}. Expected (N, C) twice.");
        var soft = F.KlDiv(student.Div(_temperature).LogSoftmax(1), teacher.Detach().Div(_temperature).LogSoftmax(1), Reduction.BatchMean, logTarget: true);
        return soft.Mul(_alpha * _temperature * _temperature) + F.CrossEntropy(student, target).Mul(1 - _alpha);
    }
}
