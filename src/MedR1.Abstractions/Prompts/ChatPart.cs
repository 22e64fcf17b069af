namespace MedR1;

/// <summary>A piece of a message: text or an image.</summary>
public abstract record ChatPart
{
    private protected ChatPart()
    {
    }
}
