namespace Descent.NN;

/// <summary><see cref="CharLstm"/>.</summary>
sealed class CharLstmRecipe : TextRecipe
{
    public override string Name => "char-lstm";

    public override string Description => "language model of characters: long short-term memory";

    protected override IReadOnlyList<RecipeSetting> Sizes =>
        [new("layers", "2", "layers"), new("width", "64", "width of a character's vector"), new("hidden", "256", "width of the state"), new("dropout", "0", "probability of dropping")];

    protected override RunConfig Usual(string? data) => Usual(Name, data, decay: 0) with { BatchSize = 32, LearningRate = 2e-3 };

    protected override Module Create(RunConfig config, int vocabulary) => new CharLstm(vocabulary, config.Integer("width", 1, 65536),
        config.Integer("hidden", 1, 65536), config.Integer("layers", 1, 100), config.Number("dropout", 0, 1));
}
