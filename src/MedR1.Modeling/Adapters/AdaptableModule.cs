namespace MedR1.Modeling;

/// <summary>A layer with its names.</summary>
/// <param name="Name">
/// The in-memory name in current transformers releases, such as <c>model.language_model.layers.0.self_attn.q_proj</c>, which
/// PEFT's patterns match and PEFT's files use.
/// </param>
/// <param name="PublishedName">
/// The name in published checkpoints, <c>model.layers.0.self_attn.q_proj</c>; equal to <paramref name="Name"/> in a family whose
/// checkpoints use the in-memory names. With <c>.weight</c> or <c>.bias</c> behind it, the name of a parameter of the policy.
/// </param>
/// <param name="Layer">The layer. A tied head is a <see cref="TiedHead"/> named <c>lm_head</c>.</param>
public sealed record AdaptableModule(string Name, string PublishedName, IAdaptableLayer Layer);
