namespace MedR1.Modeling;

/// <summary>Which adapter is on, and which pass of its dropout; null for none.</summary>
internal readonly record struct AdapterState(LoraAdapter? Adapter, long? DropoutPass);
