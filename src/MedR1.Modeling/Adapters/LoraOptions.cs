namespace MedR1.Modeling;

/// <summary>
/// A LoRA adapter (Hu et al., 2021) as described by PEFT's <c>LoraConfig</c>. Layer names are the in-memory ones of transformers,
/// such as <c>model.language_model.layers.0.self_attn.q_proj</c>.
/// </summary>
public sealed record LoraOptions
{
    /// <summary>Rank of the update, r.</summary>
    /// <value>The default is 8, as in PEFT.</value>
    public int Rank { get; init; } = 8;

    /// <summary>The update is multiplied by this divided by the rank; above 0.</summary>
    /// <value>The default is 8, as in PEFT.</value>
    public double Alpha { get; init; } = 8;

    /// <summary>Whether to divide by the square root of the rank instead (Kalajdzievski, 2023).</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool RankStabilized { get; init; }

    /// <summary>The layers that get an update.</summary>
    /// <value>The default is <c>q_proj</c> and <c>v_proj</c>, as in PEFT.</value>
    public ModuleSelection TargetModules { get; init; } = ModuleSelection.Of("q_proj", "v_proj");

    /// <summary>Layers that get no update although they are targets.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public ModuleSelection? ExcludedModules { get; init; }

    /// <summary>The indices of the layers to adapt; only with a list of target names.</summary>
    /// <value>The default is <see langword="null"/>: all.</value>
    public IReadOnlyList<int>? LayersToTransform { get; init; }

    /// <summary>Names of the module lists that those indices refer to, such as <c>layers</c>.</summary>
    /// <value>The default is empty: any list.</value>
    public IReadOnlyList<string> LayersPatterns { get; init; } = [];

    /// <summary>Different ranks, by a regular expression for the name or its end; the first match applies.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<KeyValuePair<string, int>> RankPattern { get; init; } = [];

    /// <summary>Different alphas, likewise.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<KeyValuePair<string, double>> AlphaPattern { get; init; } = [];

    /// <summary>
    /// The fraction of an update's input that is dropped in training; not while sampling, scoring without gradient or serving as
    /// the reference.
    /// </summary>
    /// <value>The default is 0.</value>
    public double Dropout { get; init; }

    /// <summary>Which biases are trained too. With the adapter off the biases are the base's.</summary>
    /// <value>The default is none.</value>
    public LoraBias Bias { get; init; }

    /// <summary>Whether B has a bias of its own.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool UpHasBias { get; init; }

    /// <summary>
    /// Modules of which a whole copy is trained and saved with the adapter: ends of names, such as <c>lm_head</c> or
    /// <c>merger</c>.
    /// </summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>Whether to separate magnitude and direction (DoRA; Liu et al., 2024); for linear layers.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool UseDora { get; init; }

    /// <summary>The model that the adapter was made for; informational only.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? BaseModel { get; init; }
}
