namespace Descent.NN;

/// <summary>The momentum of SGD and its like, or Adam's first beta: what schedules cycle against the rate.</summary>
static class CycledMomentum
{
    extension(ParameterGroup group)
    {
        /// <exception cref="ArgumentException">The group's options have neither.</exception>
        internal void SetMomentum(double value)
        {
            var option = group.Options.FirstOrDefault(o => o.Name is "momentum" or "beta1");
            if (option.Set is null)
                throw new ArgumentException("The optimizer has neither a momentum nor betas to cycle; pass cycleMomentum: false.");
            option.Set(value);
        }
    }
}
