namespace MedR1.Modeling;

/// <summary>The active adapter and its current dropout pass; <see langword="null"/> for none.</summary>
internal readonly record struct AdapterState(LoraAdapter? Adapter, long? DropoutPass);
