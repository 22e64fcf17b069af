namespace MedR1.Modeling;

/// <summary>A layer with its names.</summary>
/// <param name="Name">
/// The in-memory name in current transformers releases, as in <c>model.language_model.layers.0.self_attn.q_proj</c>: PEFT's
/// patterns match it and PEFT's files use it.
/// </param>
/// <param name="PublishedName">The name in published checkpoints, <c>model.layers.0.self_attn.q_proj</c>.</param>
/// <param name="Layer">The layer.</param>
public sealed record AdaptableModule(string Name, string PublishedName, IAdaptableLayer Layer);
