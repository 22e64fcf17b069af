namespace MedR1.Modeling;

/// <summary>What an adapter has at one layer.</summary>
/// <param name="Module">The layer.</param>
/// <param name="Rank">Rank of the update; 0 for none.</param>
/// <param name="Scale">Factor of the update.</param>
/// <param name="IsSaved">Whether a copy of the layer's parameters is trained instead.</param>
/// <param name="TrainsBias">Whether a copy of the bias is trained.</param>
internal sealed record LoraLayer(AdaptableModule Module, int Rank, double Scale, bool IsSaved, bool TrainsBias);
