namespace Descent.NN;

/// <summary><see cref="CharGpt"/> by nanoGPT's recipe for a processor.</summary>
sealed class CharGptRecipe : TextRecipe
{
    public override string Name => "char-gpt";

    public override string Description => "language model of characters: a small GPT";

    protected override IReadOnlyList<RecipeSetting> Sizes =>
    [
        new("layers", "4", "blocks"), new("heads", "4", "heads of a block"), new("width", "128", "width of a character's vector"),
        new("dropout", "0", "probability of dropping"), new("positions", "rotary", "rotary or learned"), new("tie", "true", "whether the last layer's weight is the table of characters"),
    ];

    protected override RunConfig Usual(string? data) => Usual(Name, data, decay: 0.1);

    public override void Check(RunConfig config)
    {
        base.Check(config);
        Config(config, 1).Check();
    }

    protected override Module Create(RunConfig config, int vocabulary) => new CharGpt(Config(config, vocabulary));

    static GptConfig Config(RunConfig config, int vocabulary) => new()
    {
        VocabularySize = vocabulary,
        ContextLength = Context(config),
        Layers = config.Integer("layers", 1, 1000),
        Heads = config.Integer("heads", 1, 1000),
        Width = config.Integer("width", 1, 65536),
        Dropout = config.Number("dropout", 0, 1),
        Bias = false,
        TieWeights = config.Choice("tie", "true", "false") == "true",
        Positions = config.Choice("positions", "learned", "rotary") == "rotary" ? PositionKind.Rotary : PositionKind.Learned,
    };
}
