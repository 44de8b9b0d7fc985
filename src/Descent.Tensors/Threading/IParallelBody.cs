namespace Descent.Tensors;

/// <summary>Work cut into independent items; a struct, so that the loop over items is specialised for it.</summary>
public interface IParallelBody
{
    /// <summary>Does item <paramref name="index"/>; may run on any thread, at the same time as other items.</summary>
    void Invoke(int index);
}
