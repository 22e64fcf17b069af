namespace MedR1;

/// <summary>A piece of a message: text or a picture.</summary>
public abstract record ChatPart
{
    private protected ChatPart()
    {
    }
}
