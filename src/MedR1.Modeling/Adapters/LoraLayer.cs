namespace MedR1.Modeling;

/// <summary>The parts of an adapter at one layer.</summary>
/// <param name="Module">The layer.</param>
/// <param name="Rank">The rank of the update; 0 for no update.</param>
/// <param name="Alpha">α of the update.</param>
/// <param name="Scale">The factor of the update.</param>
/// <param name="IsSaved">Whether a copy of the layer's parameters is trained instead.</param>
/// <param name="TrainsBias">Whether a copy of the bias is trained.</param>
internal sealed record LoraLayer(AdaptableModule Module, int Rank, double Alpha, double Scale, bool IsSaved, bool TrainsBias);
