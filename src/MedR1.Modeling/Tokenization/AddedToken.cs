namespace MedR1.Modeling;

/// <summary>A token that is matched in the text as a whole, before the text is split into words and merged.</summary>
/// <param name="Content">The text of the token.</param>
/// <param name="Id">The id.</param>
/// <param name="IsSpecial">Whether it is a control token, which decoding can skip and user text cannot insert.</param>
/// <param name="IsNormalized">Whether it is matched after normalisation instead of before.</param>
internal sealed record AddedToken(string Content, int Id, bool IsSpecial, bool IsNormalized);
