using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>What grows one tree after another from the gradients and hessians of the same rows.</summary>
interface ITreeGrower
{
    /// <summary>A tree whose leaves hold what they add to a score, shrunk by the learning rate.</summary>
    /// <param name="gradients">The gradient of each row's score.</param>
    /// <param name="hessians">The hessian of each row's score, at least 0.</param>
    /// <param name="generator">Decides what is drawn at random.</param>
    /// <param name="leaves">Becomes the node that each row comes to, whether the row was drawn or not.</param>
    Tree Grow(float[] gradients, float[] hessians, Generator generator, int[] leaves);
}
