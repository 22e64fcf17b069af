namespace MedR1.Modeling;

/// <summary>
/// Options of a LoRA adapter (Hu et al., 2021), equivalent to PEFT's <c>LoraConfig</c>. Layer names are transformers' in-memory
/// names, such as <c>model.language_model.layers.0.self_attn.q_proj</c>.
/// </summary>
public sealed record LoraOptions
{
    /// <summary>The rank of the update, r.</summary>
    /// <value>The default is 8, as in PEFT.</value>
    public int Rank { get; init; } = 8;

    /// <summary>α, above 0: the update is multiplied by α divided by the rank.</summary>
    /// <value>The default is 8, as in PEFT.</value>
    public double Alpha { get; init; } = 8;

    /// <summary>Whether to divide α by the square root of the rank instead (rsLoRA; Kalajdzievski, 2023).</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool UseRslora { get; init; }

    /// <summary>The layers that have an update.</summary>
    /// <value>The default is <c>q_proj</c> and <c>v_proj</c>, as in PEFT.</value>
    public ModuleSelection TargetModules { get; init; } = ModuleSelection.Of("q_proj", "v_proj");

    /// <summary>Layers that are excluded from <see cref="TargetModules"/>.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public ModuleSelection? ExcludedModules { get; init; }

    /// <summary>The indices of the layers to adapt; only with a list of target names.</summary>
    /// <value>The default is <see langword="null"/>: all.</value>
    public IReadOnlyList<int>? LayersToTransform { get; init; }

    /// <summary>Names of the module lists that <see cref="LayersToTransform"/> indexes, such as <c>layers</c>.</summary>
    /// <value>The default is empty: any list.</value>
    public IReadOnlyList<string> LayersPatterns { get; init; } = [];

    /// <summary>Ranks that override <see cref="Rank"/>, by regular expressions for the end of the name; the first match applies.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<KeyValuePair<string, int>> RankPattern { get; init; } = [];

    /// <summary>Values that override <see cref="Alpha"/>, by regular expressions like <see cref="RankPattern"/>.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<KeyValuePair<string, double>> AlphaPattern { get; init; } = [];

    /// <summary>
    /// The fraction of an update's input that is dropped in passes with gradient; there is no dropout while sampling, scoring
    /// without gradient or computing the reference.
    /// </summary>
    /// <value>The default is 0.</value>
    public double Dropout { get; init; }

    /// <summary>The biases to train as well. While the adapter is disabled, the base's biases are used.</summary>
    /// <value>The default is none.</value>
    public LoraBias Bias { get; init; }

    /// <summary>Whether B has a bias; not with DoRA or for an embedding table.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool UpHasBias { get; init; }

    /// <summary>
    /// Modules of which a full copy is trained and saved with the adapter, by ends of names such as <c>lm_head</c> or
    /// <c>merger</c>.
    /// </summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>Whether to train magnitude and direction separately (DoRA; Liu et al., 2024); linear layers only.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool UseDora { get; init; }

    /// <summary>The name or path of the base model; informational only.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? BaseModel { get; init; }
}
